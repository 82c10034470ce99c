"""What is wrong with a model's server and what mends it, for its owner, in English and German; light to load."""

from __future__ import annotations

from typing import Final

_ENGLISH_CURES: Final = {
    "key": "The server refuses the key: look at VERBATIM_MODEL_KEY, where each server has its own in its place.",
    "name": "The server knows no such model: VERBATIM_MODEL_NAME names one that it lists, or it is to be loaded.",
    "address": "No API of OpenAI's kind is there: VERBATIM_MODEL_URL names its root, which mostly ends with /v1.",
    "page": "A web page answers, no API: VERBATIM_MODEL_URL names the API's root, mostly with /v1, without a login.",
    "certificate": "Its certificate is not trusted: SSL_CERT_FILE names its signer's file, the address its own name.",
    "tls": "No TLS is spoken at this port: the address begins with http://, or has another port.",
    "host": "No host has this name: look at VERBATIM_MODEL_URL, or at the name service of this machine.",
    "down": "Nobody answers: does it run, at this host and port? In a container, localhost is the container itself.",
    "silence": "The connection ended without an answer: does an HTTP server run there, and does it want https://?",
    "account": "Its account has no money or quota left: fill it, or name another server in VERBATIM_MODEL_URL.",
    "redirect": "It redirects, which is not followed: VERBATIM_MODEL_URL names the address to which it leads.",
    "slow": "It took too long: take a smaller model, a faster machine, or a larger VERBATIM_MODEL_TIMEOUT_S.",
    "length": "The prompt is too long for it: its context needs room for some 4,000 tokens.",
    "empty": "It said nothing: a model that thinks before it answers needs room, VERBATIM_MODEL_THINKING_TOKENS=2000.",
    "later": "It is asked again later; its own log may say more.",
}
_GERMAN_CURES: Final = {
    "key": "Der Server nimmt den Schlüssel nicht: In VERBATIM_MODEL_KEY steht der jedes Servers an dessen Stelle.",
    "name": "Der Server kennt dieses Modell nicht: VERBATIM_MODEL_NAME nennt eines von seinen; sonst dort laden.",
    "address": "Dort ist keine API nach OpenAIs Art: VERBATIM_MODEL_URL nennt ihre Wurzel, meist endet sie auf /v1.",
    "page": "Dort antwortet eine Webseite: VERBATIM_MODEL_URL nennt die Wurzel der API, meist mit /v1, ohne Anmeldung.",
    "certificate": "Seinem Zertifikat wird nicht getraut: SSL_CERT_FILE nennt die Datei des Ausstellers.",
    "tls": "An diesem Port wird kein TLS gesprochen: Die Adresse beginnt mit http:// oder hat einen anderen Port.",
    "host": "Kein Rechner hat diesen Namen: VERBATIM_MODEL_URL prüfen, oder den Namensdienst dieses Rechners.",
    "down": "Niemand antwortet: Läuft es unter Rechner und Port? In einem Container ist localhost der Container.",
    "silence": "Die Verbindung endete ohne Antwort: Läuft dort ein HTTP-Server, und will er https://?",
    "account": "Sein Konto ist leer: auffüllen, oder in VERBATIM_MODEL_URL einen anderen Server nennen.",
    "redirect": "Er leitet weiter, dem wird nicht gefolgt: VERBATIM_MODEL_URL nennt die Adresse, auf die er leitet.",
    "slow": "Es hat zu lange gebraucht: kleineres Modell, schnellerer Rechner oder größeres VERBATIM_MODEL_TIMEOUT_S.",
    "length": "Der Prompt ist ihm zu lang: Sein Kontext braucht Platz für etwa 4.000 Token.",
    "empty": "Es hat nichts gesagt: Ein Modell, das nachdenkt, braucht Platz, VERBATIM_MODEL_THINKING_TOKENS=2000.",
    "later": "Es wird später wieder gefragt; mehr sagt vielleicht sein eigenes Protokoll.",
}
_KINDS: Final = {
    "no-access-401": "key", "no-access-403": "key", "no-such-model": "name", "not-there": "address", "a-page": "page",
    "not-a-list": "address", "certificate": "certificate", "no-tls": "tls", "no-handshake": "tls",
    "no-such-name": "host", "unreachable": "down", "no-answer": "silence", "account-empty": "account",
    "empty": "empty", "redirect": "redirect", "timeout": "slow", "too-long": "length",
}  # fmt: skip
CURES: Final = {"en": _ENGLISH_CURES, "de": _GERMAN_CURES}


def kind_of(code: str) -> str:
    """Which of the cures belongs to the code of a `Trouble`."""
    return _KINDS.get(code, "later")
