"""What an app on a phone shows. https://www.rfc-editor.org/rfc/rfc6238"""

import base64
import hashlib
import hmac
import struct
import time


def code(secret: str, step: int = 0) -> str:
    """The six digits of now, or of ``step`` half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"
