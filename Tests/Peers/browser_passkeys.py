"""A real browser with a virtual authenticator: passkeys are made, sign in, and show again who one is.

    browser_passkeys.py ISSUER TOKEN

TOKEN is an access token of somebody who has just signed in. Prints one line a step that held; fails at the first that did
not. Chromium and its driver are Debian's.
"""

import json
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

# Runs in the page. Asks the service, asks the authenticator, and gives the answer back.
CEREMONY = """
const [options, answer, kind, token, extra, done] = arguments;
const call = async (path, body) => {
  const headers = {'Content-Type': 'application/json'};
  if (token) headers.Authorization = 'Bearer ' + token;
  const reply = await fetch(path, {method: 'POST', headers, body: JSON.stringify(body)});
  const text = await reply.text();
  return {status: reply.status, body: text ? JSON.parse(text) : null};
};
(async () => {
  const asked = await call(options, {});
  if (asked.status !== 200) return asked;
  const key = asked.body.public_key;
  const credential = kind === 'create'
    ? await navigator.credentials.create(
        {publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(key)})
    : await navigator.credentials.get(
        {publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(key)});
  const body = {challenge: asked.body.challenge, credential: credential.toJSON(), ...extra};
  const first = await call(answer, body);
  const again = await call(answer, body);
  return {...first, again};
})().then(done, error => done({status: 0, body: String(error)}));
"""


def check(what, holds, detail=""):
    if not holds:
        sys.exit(f"{what}: does not hold; {detail}")
    print(what, flush=True)


def main(issuer, token):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     f"--user-data-dir={tempfile.mkdtemp(prefix='holdfast-chromium-')}"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        browser.set_script_timeout(30)
        browser.get(issuer + "/health/live")
        device = VirtualAuthenticatorOptions(
            protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
            transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
            has_resident_key=True, has_user_verification=True, is_user_verified=True)
        browser.add_virtual_authenticator(device)

        def run(options, answer, kind, token, **extra):
            return browser.execute_async_script(CEREMONY, options, answer, kind, token, extra)

        made = run("/v1/me/passkeys/options", "/v1/me/passkeys", "create", token, name="Browser")
        check("the browser's passkey is registered", made["status"] == 201, json.dumps(made))
        check("the same answer is not taken again", made["again"]["status"] == 401, json.dumps(made))
        check("recovery codes are given", len(made["body"]["recovery_codes"]) == 10)
        second = run("/v1/me/passkeys/options", "/v1/me/passkeys", "create", token, name="Again")
        check("a change asks who one is", second["body"]["code"] == "step_up_required",
              json.dumps(second))
        stepped = run("/v1/me/step-up/passkey/options", "/v1/me/step-up/passkey", "get", token)
        check("the passkey shows it", stepped["status"] == 204, json.dumps(stepped))
        excluded = run("/v1/me/passkeys/options", "/v1/me/passkeys", "create", token, name="Again")
        check("the authenticator makes no second one", excluded["status"] == 0
              and "InvalidStateError" in excluded["body"], json.dumps(excluded))
        signed = run("/v1/sign-in/passkey/options", "/v1/sign-in/passkey", "get", None,
                     device={"name": "Chromium"})
        check("the passkey signs in", signed["status"] == 200
              and signed["body"]["state"] == "complete", json.dumps(signed))
        names = [cookie["name"] for cookie in browser.get_cookies()]
        check("a cookie stands for the sign-in", names == ["holdfast-sign-in"], names)
        visible = browser.execute_script("return document.cookie")
        check("pages cannot read it", visible == "", visible)
        browser.set_user_verified(False)
        unverified = run("/v1/sign-in/passkey/options", "/v1/sign-in/passkey", "get", None)
        check("without verification there is no answer", unverified["status"] == 0,
              json.dumps(unverified))
    finally:
        browser.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
