"""Who says it, what is said aloud, and what nobody could check, as far as the sentence tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quotes.speech import direct_speech, speaker_of, unverified_marks


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("„Der Deich hält bis Montag“, sagte Ina Kolb, Leiterin des Wasseramtes.", "Ina Kolb"),
        ("„Der Deich hält“, teilte das Wasseramt am Freitag mit.", "das Wasseramt"),
        ("„Wir zählen noch“, so der Sprecher der Feuerwehr.", "der Sprecher der Feuerwehr"),
        ("Der Pegel steigt weiter, sagte ein leitender Beamter des Amtes.", "ein leitender Beamter des Amtes"),
        ("Laut der Gemeinde Ahrbach und dem Landkreis sind 40 Häuser leer.", "der Gemeinde Ahrbach und dem Landkreis"),
        ("Es sollen laut örtlichen und auswärtigen Helfern mehr werden.", "örtlichen und auswärtigen Helfern"),
        ("Nach Angaben der Polizei wurden drei Boote vermisst.", "der Polizei"),
        ("Nach Angaben von Meister Jörn Vogt fehlt Holz.", "Meister Jörn Vogt"),
        ("Dem Deichverband zufolge fehlen 900 Säcke.", "Dem Deichverband"),
        ("Am Montag sagte der neue Bürgermeister Olaf Rees, dass Hilfe kommt.", "der neue Bürgermeister Olaf Rees"),
        ("Die Feuerwehr des Kreises (FWK) gab an, 900 Säcke gefüllt zu haben.", "Die Feuerwehr des Kreises (FWK)"),
        ("Der Kreis schätzt bis zu 900 Säcke.", "Der Kreis"),
        ("Die Stadt hat am Montag eingeräumt, dass Säcke fehlen.", "Die Stadt"),
        ("Ahrbach und Kelm haben den Streit wiederholt bestritten.", "Ahrbach und Kelm"),
        ("Ina Kolb, Leiterin des Wasseramtes, bestätigte die Zahl am Abend.", "Ina Kolb"),
        ("Der Deich brach, wie das Landesamt am Abend mitteilte.", "das Landesamt"),
        ("Der Kurier zitierte eine ungenannte Beamtin mit den Worten, es fehle Sand.", "eine ungenannte Beamtin"),
        ("In einer Erklärung begrüßte Rees: „Das ist ein guter Tag für den Kreis.“", "Rees"),
        ("Vogt schlug vor, die Mühle zu verkaufen.", "Vogt"),
        ("Den Schaden schätzt die Polizei auf 3,5 Millionen Euro.", "die Polizei"),
        ("Seinen Rücktritt bestätigte der Minister am Montag.", "der Minister"),
        ("„Und wer zahlt das?“ fragte er.", ""),
        ("Er bestätigte die Zahl der Häuser.", ""),
        ("Der Deich hält bis Montag.", ""),
        ("Berichten zufolge fehlen 900 Säcke.", ""),
        ("Dieser Rückgang erklärt den Preis.", ""),
        ("Weder der Kreis noch die Stadt haben den Schaden bestätigt.", ""),
        ("Die kürzlich bestätigten Schäden sind gering.", ""),
        ("Daten bestätigten, dass der Deich sinkt.", ""),
        ("Eine Studie bestätigte, dass der Deich sinkt.", ""),
        ("Laut einer Studie sinkt der Deich.", "einer Studie"),
        ("Laut Zahlen sinkt der Deich.", ""),
        ("Nach Zahlen des Wasseramtes sinkt der Deich.", "Zahlen des Wasseramtes"),
        ("Lars Grund bestätigte, dass der Deich sinkt.", "Lars Grund"),
        ("Zwei Soldaten bestätigten, dass der Deich sinkt.", "Zwei Soldaten"),
        ("„Das wird gut“, sagte Ihr Deichrat Olaf Rees.", "Deichrat Olaf Rees"),
        ("Kein Ingenieur bestätigte das.", ""),
        ("Laut Angaben des Wasseramtes sinkt der Deich.", "des Wasseramtes"),
        ("Auch das Wasseramt kündigte Sperrungen an.", "das Wasseramt"),
        ("Es zeigte sich, wie laut die Pumpe war.", ""),
        ("AHRBACH. Am Montag sagte der Bürgermeister, es reiche.", "der Bürgermeister"),
    ],
)
def test_it_names_the_german_speaker_as_the_sentence_does(sentence: str, speaker: str) -> None:
    assert speaker_of(sentence, "de") == speaker
    assert speaker_of(sentence, "und") == speaker


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("“The dyke will hold,” said Una Brandt, head of the harbour board’s flood unit.", "Una Brandt"),
        ("“The dyke will hold,” Brandt said on Monday.", "Brandt"),
        ('Brandt told reporters: "We are ready for the flood."', "Brandt"),
        ("The dyke may fail soon, a senior harbour official said.", "a senior harbour official"),
        ("As many as 40 homes are empty, according to Kelm and the county council.", "Kelm and the county council"),
        ("It carried 900 bags, according to local and foreign volunteers.", "local and foreign volunteers"),
        (
            "Ice is melting, according to radar data analysed by the Orm Head Institute.",
            "radar data analysed by the Orm Head Institute",
        ),
        ("Kelm’s main rescue agency reported in May that the pumps were old.", "Kelm’s main rescue agency"),
        ("Brandt suggested that the board should pay.", "Brandt"),
        ("Ida Roon, the port warden, confirmed the figure.", "Ida Roon"),
        ("Kelm estimates up to 900 bags are missing.", "Kelm"),
        ("The county has denied any delay.", "The county"),
        ("A spokeswoman for the county also warned of delays.", "A spokeswoman for the county"),
        ("The paper quoted an unnamed official as saying that sand was short.", "an unnamed official"),
        ("The loss was announced on Sunday by the harbour board.", "the harbour board"),
        ("Although the mayor denied any delay, two engineers confirmed the leak.", "two engineers"),
        ("“We are ready,” he said in a note on Tuesday.", ""),
        ("It was reported that the pumps failed.", ""),
        ("The United States sent pumps.", ""),
        ("The flood claimed the lives of two people.", ""),
        ("The quay was built according to plan.", ""),
        ("Neither Kelm nor Ahrbach has confirmed it.", ""),
        ("Pumps were reportedly stolen.", ""),
        ("A survey of 20 dykes suggested that they sink.", ""),
        ("They sink, according to a survey of 20 dykes.", "a survey of 20 dykes"),
        ("The results of a trial confirmed that pumps work.", ""),
        ("Pumps work, according to figures.", ""),
        ("Pumps work, according to figures from the Water Board.", "figures from the Water Board"),
        ("The Kelm Geological Survey said the dyke sinks.", "The Kelm Geological Survey"),
        ("At 9 a.m. Brandt said nobody was hurt.", "Brandt"),
        ("No engineer confirmed it.", ""),
        ("Although Kelm denied any delay, two reports stated that pumps failed.", ""),
        ("A trial of 30 pumps confirmed that they work, Ida Roon said.", "Ida Roon"),
        ("The report told of the warden Abu Said on Monday.", ""),
    ],
)
def test_it_names_the_english_speaker_as_the_sentence_does(sentence: str, speaker: str) -> None:
    assert speaker_of(sentence, "en") == speaker


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("The Kelm Courier has not independently verified the claim.", ("not-verified",)),
        ("The video could not be independently confirmed.", ("not-verified",)),
        ("Der Kurier hat die Angaben nicht unabhängig überprüft.", ("not-verified",)),
        ("Die Zahl ließ sich zunächst nicht unabhängig bestätigen.", ("not-verified",)),
        ("Unabhängig waren die Berichte nicht zu überprüfen.", ("not-verified",)),
        ("Pumps were reportedly stolen.", ("reportedly",)),
        ("The board is believed to have paid.", ("reportedly",)),
        ("Berichten zufolge fehlt Sand.", ("reportedly",)),
        ("Medienberichten zufolge fehlt Sand.", ("reportedly",)),
        ("Der Kreis soll 900 Säcke gekauft haben.", ("reportedly",)),
        ("Der Kreis soll eine Brücke bauen.", ()),
        ("Der Umbau soll bis Mitte 2027 abgeschlossen sein.", ()),
        ("Ab 2028 soll die Linie zwölf Bahnhöfe haben und elektrifiziert sein.", ()),
        ("Die Pumpen sollen jederzeit einsatzbereit sein.", ()),
        ("Zwei Helfer sollen verletzt worden sein.", ("reportedly",)),
        ("Zwei Helfer sollen verletzt sein.", ("reportedly",)),
        ("Er soll bis Mai nach Kelm geflohen sein.", ("reportedly",)),
        ("Er soll dort Vorarbeiter gewesen sein.", ("reportedly",)),
        ("Wegen einer mutmaßlichen Drohne ruht der Hafen.", ()),
        ("Mutmaßlich war es Brandstiftung.", ("allegedly",)),
        ("Angeblich fehlt Sand.", ("allegedly",)),
        ("Two alleged thieves were held.", ("allegedly",)),
        ("Two independent engineers verified the dyke.", ()),
        ("Nicht der Deich, sondern die Pumpe brach.", ()),
    ],
)
def test_it_tells_how_sure_a_sentence_is(text: str, marks: tuple[str, ...]) -> None:
    assert unverified_marks(text, "de") == marks
    assert unverified_marks(text, "en") == marks


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Er sagte: „Das geht nicht. Nie.“ Dann ging er.", ["Das geht nicht. Nie."]),
        ("“No way,” she said. “None at all.”", ["No way,", "None at all."]),
        ("« Pas question », dit-elle. »Kein Weg«, sagte er.", [" Pas question ", "Kein Weg"]),
        ('"One way," or "no way".', ["One way,", "no way"]),
        ("Die „Reform“ kam nie.", []),
        ("An “open\n\nmark and” another.", []),
        ("„offen bleibt es", []),
    ],
)
def test_what_is_said_stands_between_marks(text: str, spoken: list[str]) -> None:
    assert [text[start:end] for start, end in direct_speech(text)] == spoken


@settings(max_examples=200)
@given(st.text(st.sampled_from("aB ,.:'’\"„“”«»\n-–()\ud800\x00é1sagtehisfolguz"), max_size=120), st.sampled_from(["de", "en", "und"]))
def test_a_speaker_is_a_stretch_of_the_sentence_whatever_stands_in_it(text: str, language: str) -> None:
    assert speaker_of(text, language) in text
    unverified_marks(text, language)
    assert all(text[start:end].strip() for start, end in direct_speech(text))
