// Passkeys: forms with data-passkey hand what the browser's authenticator says to the server.
//   add      makes one, by the options within the page
//   prove    uses one of those that the options within the page name
//   sign-in  uses any that the device has for this site, by options that are asked for at data-options
// https://www.w3.org/TR/webauthn-3/

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0))
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")

const known = (list) => list?.map((each) => ({...each, id: toBytes(each.id)}))

function creation(options, isAlone) {
  const chosen = isAlone
    ? {residentKey: "required", requireResidentKey: true, userVerification: "required"}
    : {residentKey: "discouraged", requireResidentKey: false}
  return {
    ...options,
    challenge: toBytes(options.challenge),
    user: {...options.user, id: toBytes(options.user.id)},
    excludeCredentials: known(options.excludeCredentials),
    authenticatorSelection: {...options.authenticatorSelection, ...chosen},
  }
}

const request = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  allowCredentials: known(options.allowCredentials),
})

// What the server reads: buffers as base64url, all else as it is.
function written(credential) {
  const response = {}
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name])
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

const within = () => JSON.parse(document.getElementById("passkey-options").textContent)

const ask = {
  async add(form) {
    const isAlone = form.elements.passwordless?.checked ?? false
    return navigator.credentials.create({publicKey: creation(within().creation_options.publicKey, isAlone)})
  },
  async prove() {
    return navigator.credentials.get({publicKey: request(within().request_options.publicKey)})
  },
  async "sign-in"(form) {
    const answer = await fetch(form.dataset.options, {headers: {Accept: "application/json"}})
    const {request_options: options} = await answer.json()
    return navigator.credentials.get({publicKey: request(options.publicKey)})
  },
}

function tell(form, trouble) {
  for (const each of form.querySelectorAll("[data-trouble]")) each.hidden = each.dataset.trouble !== trouble
}

async function give(form) {
  if (!window.PublicKeyCredential) return tell(form, "unsupported")
  tell(form, "")
  try {
    form.elements.credential.value = JSON.stringify(written(await ask[form.dataset.passkey](form)))
  } catch (error) {
    return tell(form, {InvalidStateError: "known", SecurityError: "unsupported"}[error.name] ?? "refused")
  }
  form.submit()
}

document.addEventListener("submit", (event) => {
  const form = event.target
  if (!form.dataset.passkey) return
  event.preventDefault()
  give(form)
})
