"""Text that pages must survive."""

SCRIPT = "<script>alert(1)</script>"
TEXTS = (
    SCRIPT,
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% debug %}",
    "\u202eright to left\u202c שלום",
    "👩‍👩‍👧 emoji",
    "=cmd|' /C calc'!A0",
)
