"""What languages are called in a prompt: in English and, where it is known, in the language itself."""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "ar": "Arabic (العربية)",
    "bg": "Bulgarian (български)",
    "bs": "Bosnian (bosanski)",
    "ca": "Catalan (català)",
    "cs": "Czech (čeština)",
    "da": "Danish (dansk)",
    "de": "German (Deutsch)",
    "el": "Greek (ελληνικά)",
    "en": "English",
    "es": "Spanish (español)",
    "et": "Estonian (eesti)",
    "fa": "Persian (فارسی)",
    "fi": "Finnish (suomi)",
    "fr": "French (français)",
    "he": "Hebrew (עברית)",
    "hi": "Hindi (हिन्दी)",
    "hr": "Croatian (hrvatski)",
    "hu": "Hungarian (magyar)",
    "id": "Indonesian (bahasa Indonesia)",
    "it": "Italian (italiano)",
    "ja": "Japanese (日本語)",
    "ko": "Korean (한국어)",
    "lt": "Lithuanian (lietuvių)",
    "lv": "Latvian (latviešu)",
    "mk": "Macedonian (македонски)",
    "nl": "Dutch (Nederlands)",
    "no": "Norwegian (norsk)",
    "pl": "Polish (polski)",
    "pt": "Portuguese (português)",
    "ro": "Romanian (română)",
    "ru": "Russian (русский)",
    "sk": "Slovak (slovenčina)",
    "sl": "Slovene (slovenščina)",
    "sq": "Albanian (shqip)",
    "sr": "Serbian (српски)",
    "sv": "Swedish (svenska)",
    "th": "Thai (ไทย)",
    "tr": "Turkish (Türkçe)",
    "uk": "Ukrainian (українська)",
    "vi": "Vietnamese (Tiếng Việt)",
    "zh": "Chinese (中文)",
}


def language_name(code: str) -> str:
    """ "German (Deutsch)" for "de"; for a code that is not in the list, words that name it."""
    if code in _NAMES:
        return _NAMES[code]
    letters = "".join(character for character in code[:8] if character.isalpha())
    if not letters or letters == "und":
        return "the language of the question"
    return f"the language of ISO 639 code “{letters}”"
