// Passkeys: <form data-passkey="ask|make"> has the browser prove or make one, and sends what it got
// in its field `credential`. The question comes from the JSON element that `data-options` names,
// else from the form's own address.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keysOf = (list) => (list || []).map((key) => ({ ...key, id: toBytes(key.id) }));

async function readQuestion(form) {
  const element = document.getElementById(form.dataset.options);
  if (element) return JSON.parse(element.textContent).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
}

async function ask(question) {
  const key = await navigator.credentials.get({
    publicKey: {
      ...question,
      challenge: toBytes(question.challenge),
      allowCredentials: keysOf(question.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = key.response;
  return asJSON(key, {
    authenticatorData: toText(authenticatorData),
    clientDataJSON: toText(clientDataJSON),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

async function make(question) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...question,
      challenge: toBytes(question.challenge),
      user: { ...question.user, id: toBytes(question.user.id) },
      excludeCredentials: keysOf(question.excludeCredentials),
      // A key that is found without a user name and asks for finger, face or PIN.
      authenticatorSelection: {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return asJSON(key, {
    attestationObject: toText(key.response.attestationObject),
    clientDataJSON: toText(key.response.clientDataJSON),
  });
}

function asJSON(key, response) {
  return {
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    clientExtensionResults: key.getClientExtensionResults(),
    response,
  };
}

async function send(form) {
  const problem = form.querySelector("[data-problem]");
  problem.hidden = true;
  try {
    const question = await readQuestion(form);
    const key = await (form.dataset.passkey === "make" ? make : ask)(question);
    form.elements.credential.value = JSON.stringify(key);
  } catch (error) {
    console.warn(error);
    problem.textContent = form.dataset.refused;
    problem.hidden = false;
    return;
  }
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation(); // forms.js would take it for sent
    send(form);
  });
}
