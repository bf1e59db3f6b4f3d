// Requests to the service that this page came from, with the key where it wants one. The key stays
// in this tab: sessionStorage, never a cookie, never the address.
import { askForKey } from "./keys.js";

const KEY = "forkjail-key";
export const origin = location.origin;

let key = sessionStorage.getItem(KEY) ?? "";
export const hasKey = () => key !== "";

let asking = null; // several requests that are refused at once ask once

async function renewKey(refused, message) {
  if (key !== refused) return true; // another request asked meanwhile
  asking ??= askForKey(message).finally(() => { asking = null; });
  const given = await asking;
  if (given === null) return false;
  key = given;
  sessionStorage.setItem(KEY, key);
  return true;
}

/** The response of `path`, whatever its status; after a 401 again with the key that is asked for. */
export async function send(method, path, { json, body, accept, signal, keepalive } = {}) {
  for (;;) {
    const headers = {};
    if (key) headers.Authorization = `Bearer ${key}`;
    if (accept) headers.Accept = accept;
    if (json !== undefined) headers["Content-Type"] = "application/json";
    const sent = key;
    const response = await fetch(path, {
      method, headers, signal, keepalive, credentials: "omit", cache: "no-store", body: json === undefined ? body : JSON.stringify(json),
    });
    if (response.status !== 401) return response;
    const message = sent === "" ? "" : "The service does not know this key.";
    if (!await renewKey(sent, message)) return response;
  }
}

/** The answer as JSON; throws its error. */
export async function call(method, path, options) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error), { kind: answer.kind });
  return answer;
}
