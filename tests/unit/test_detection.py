"""What language detection promises. The sentences were written for this file; none is from the evaluation data."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import detection
from bot.languages.detection import SAMPLE, Detected, detect, detect_question

SENTENCES = {
    "ar": "أعلنت الحكومة أمس أن القانون الجديد سيدخل حيز التنفيذ في بداية العام المقبل.",
    "cs": "Vláda včera oznámila, že nový zákon začne platit začátkem příštího roku a bude se týkat všech obcí.",
    "da": "Regeringen meddelte i går, at den nye lov træder i kraft i begyndelsen af næste år for alle kommuner.",
    "de": "Die Regierung teilte gestern mit, dass das neue Gesetz Anfang nächsten Jahres in Kraft tritt.",
    "en": "The government said yesterday that the new law would come into force at the beginning of next year.",
    "es": "El gobierno anunció ayer que la nueva ley entrará en vigor a principios del año que viene.",
    "fr": "Le gouvernement a annoncé hier que la nouvelle loi entrerait en vigueur au début de l'année prochaine.",
    "it": "Il governo ha annunciato ieri che la nuova legge entrerà in vigore all'inizio del prossimo anno.",
    "ja": "政府は昨日、新しい法律が来年の初めに施行されると発表した。",
    "nl": "De regering maakte gisteren bekend dat de nieuwe wet begin volgend jaar voor alle gemeenten ingaat.",
    "pl": "Rząd poinformował wczoraj, że nowa ustawa wejdzie w życie na początku przyszłego roku.",
    "pt": "O governo anunciou ontem que a nova lei entrará em vigor no início do próximo ano.",
    "ru": "Правительство сообщило вчера, что новый закон вступит в силу в начале следующего года.",
    "sv": "Regeringen meddelade i går att den nya lagen träder i kraft i början av nästa år.",
    "tr": "Hükümet dün yeni yasanın gelecek yılın başında yürürlüğe gireceğini açıkladı.",
    "uk": "Уряд учора повідомив, що новий закон набуде чинності на початку наступного року.",
    "zh": "政府昨天宣布，新法律将于明年初生效，适用于所有城市。",
}
HEADLINES = {
    "de": ("Stausee läuft über: Hunderte Menschen in Sicherheit gebracht", "Bürgermeisterin weist Vorwürfe zurück"),
    "en": ("Dam overflows as hundreds flee to safety", "Mayor Rejects Claims Over Harbour Contract"),
    "es": ("Evacúan a cientos de vecinos por la crecida del río",),
    "fr": ("Des centaines d'habitants évacués après la rupture d'une digue",),
    "pt": ("Centenas de moradores deixam suas casas após a cheia do rio",),
    "ru": ("Сотни жителей эвакуированы после прорыва плотины",),
    "uk": ("Сотні мешканців евакуювали після прориву греблі",),
    "sv": ("Hundratals människor evakuerades när dammen brast",),
    "da": ("Flere hundrede mennesker evakueret, da dæmningen brast",),
}
NEIGHBOURS = {
    "no": "Regjeringen la fram et nytt forslag i går, og flere av partiene sier at de ikke er fornøyde med det.",
    "fi": "Hallitus kertoi eilen, että uusi laki tulee voimaan ensi vuoden alussa ja koskee kaikkia kuntia.",
    "hu": "A kormány tegnap bejelentette, hogy az új törvény jövő év elején lép hatályba minden településen.",
    "ro": "Guvernul a anunțat ieri că noua lege va intra în vigoare la începutul anului viitor în toate comunele.",
    "ca": "El govern va anunciar ahir que la nova llei entrarà en vigor a principis de l'any vinent a tots els municipis.",
    "sk": "Polícia zatiaľ nenašla muža, ktorý zmizol zo svojej chaty v sobotu večer po návrate z mesta.",
    "hr": "Vlada je jučer objavila da će novi zakon stupiti na snagu početkom iduće godine u svim općinama.",
    "sl": "Vlada je včeraj sporočila, da bo novi zakon začel veljati v začetku prihodnjega leta v vseh občinah.",
    "et": "Valitsus teatas eile, et uus seadus jõustub järgmise aasta alguses ja puudutab kõiki valdu.",
    "lt": "Vyriausybė vakar pranešė, kad naujasis įstatymas įsigalios kitų metų pradžioje visoms savivaldybėms.",
    "lv": "Valdība vakar paziņoja, ka jaunais likums stāsies spēkā nākamā gada sākumā visām pašvaldībām.",
    "id": "Pemerintah kemarin mengumumkan bahwa undang-undang baru akan berlaku awal tahun depan di semua daerah.",
    "bg": "Правителството обяви вчера, че новият закон ще влезе в сила в началото на следващата година.",
    "sr": "Влада је јуче објавила да ће нови закон ступити на снагу почетком идуће године за све општине.",
    "mk": "Владата вчера објави дека новиот закон ќе стапи во сила на почетокот на следната година.",
    "be": "Урад учора паведаміў, што новы закон уступіць у сілу ў пачатку наступнага года для ўсіх раёнаў.",
    "vi": "Chính phủ hôm qua thông báo luật mới sẽ có hiệu lực vào đầu năm sau tại tất cả các tỉnh.",
    "fa": "دولت دیروز اعلام کرد که قانون جدید از ابتدای سال آینده اجرا می‌شود.",
    "ur": "حکومت نے کل اعلان کیا کہ نیا قانون اگلے سال کے آغاز سے نافذ ہوگا۔",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_it_knows_a_sentence_of_each_of_its_languages_and_is_sure_of_it(language: str) -> None:
    found = detect(SENTENCES[language])
    assert found.language == language
    assert found.confidence > 0.9


@pytest.mark.parametrize(("language", "headline"), [(k, text) for k, texts in HEADLINES.items() for text in texts])
def test_it_knows_a_headline(language: str, headline: str) -> None:
    assert detect(headline).language == language


@pytest.mark.parametrize("language", NEIGHBOURS)
def test_it_does_not_call_a_neighbour_by_the_name_of_one_of_its_languages(language: str) -> None:
    assert detect(NEIGHBOURS[language]).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Η κυβέρνηση ανακοίνωσε", "el"),
        ("הממשלה הודיעה אתמול", "he"),
        ("정부는 어제 발표했다", "ko"),
        ("รัฐบาลประกาศเมื่อวาน", "th"),
        ("ひらがな", "ja"),
        ("中华人民共和国", "zh"),
        ("東京駅で込み合う", "ja"),
    ],
)
def test_it_knows_a_language_by_its_script(text: str, language: str) -> None:
    assert detect(text).language == language


@pytest.mark.parametrize("text", ["", " \n\t", "12.000 – 14.000", "…!?", "🙂🙂", "\ud800", "\x00\x00", "सरकार ने कल"])
def test_it_says_und_where_there_is_nothing_to_go_by(text: str) -> None:
    assert detect(text) == Detected("und", 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Bundesregierung", "de"), ("government", "en"), ("gouvernement français", "fr"), ("społeczeństwo", "pl"),
     ("förhandlingar", "sv"), ("уряд повідомив", "uk"), ("правительство", "ru")],
)  # fmt: skip
def test_it_guesses_single_words(text: str, language: str) -> None:
    assert detect(text).language == language


def test_it_is_less_sure_of_a_word_than_of_a_sentence() -> None:
    assert detect("Hotel").confidence < 0.7 < detect(SENTENCES["de"]).confidence


def test_it_knows_a_language_written_in_capitals() -> None:
    assert detect(SENTENCES["de"].upper()).language == "de"
    assert detect(SENTENCES["en"].upper()).language == "en"


def test_it_knows_letters_whose_marks_are_written_apart() -> None:
    assert detect("Die Ba\u0308ume u\u0308ber den Da\u0308chern").language == "de"


def test_a_few_foreign_words_do_not_turn_a_page() -> None:
    page = "Home News Sport Weather Share Tweet Log in\n" + SENTENCES["de"] * 3 + "\nLeave a Reply"
    assert detect(page).language == "de"
    assert detect("Tokyo: " + SENTENCES["ru"]).language == "ru"
    assert detect("這家名叫「森の茶屋」的新店昨天在台北開張，吸引了許多顧客。").language == "zh"


def test_it_reads_the_head_of_a_document_only() -> None:
    assert detect(SENTENCES["de"] * 30 + SENTENCES["en"] * 900) == detect(SENTENCES["de"] * 30)


QUESTIONS = {
    "de": ("Wer ist Kovalenko?", "Was will der Minister?", "Was war der Grund?", "Wie viele Tote?", "Wo?", "Warum?",
           "Hat die Werft das bestätigt?", "Wie teuer wird das?", "wie gross ist der schaden", "Welche Städte?",
           "Ist die Bürgermeisterin zurückgetreten?", "Kann man das beweisen?", "Verluste am Staudamm",
           "Was sagt Kiew?", "seit wann", "Anzahl der Evakuierten", "die Lage im Hafen"),
    "en": ("Who is Kovalenko?", "How many soldiers?", "Was he killed?", "When was the dam opened?", "Why?",
           "Did the mayor resign?", "Can this be proven?", "cost of the dam", "is there any damage", "Where?",
           "Will the ferry run again?", "What happened on 12 November?", "evacuated people number"),
    "fr": ("Combien de soldats ont été tués à Koursk ?",),
    "es": ("¿Cuántos soldados hay en Rusia?",),
    "nl": ("Wie is de minister van defensie en waarom is hij afgetreden?",),
    "da": ("Hvor mange soldater er der i Rusland?",),
    "ru": ("Кто такой Коваленко?",),
}  # fmt: skip


@pytest.mark.parametrize(("language", "question"), [(k, text) for k, texts in QUESTIONS.items() for text in texts])
@pytest.mark.parametrize("fallback", ["en", "de"])
def test_it_knows_the_language_of_a_question(language: str, question: str, fallback: str) -> None:
    assert detect_question(question, fallback) == language


@pytest.mark.parametrize("question", ["", "?", "1234", "Kovalenko?", "Kim Jong Un", "AfD", "Kursk", "\ud800"])
@pytest.mark.parametrize("fallback", ["en", "de"])
def test_a_question_that_could_be_anything_is_in_the_fallback_language(question: str, fallback: str) -> None:
    assert detect_question(question, fallback) == fallback


def test_a_plain_question_is_decided_without_reading_a_table() -> None:
    detection._table.cache_clear()
    for question in ("Wer ist Kovalenko?", "Wie viele Soldaten sind es?", "How many soldiers?", "Who said that?"):
        detect_question(question)
    assert detection._table.cache_info().currsize == 0
    detect("Kovalenko")
    assert detection._table.cache_info().currsize == 1


def test_importing_it_brings_in_no_library_and_reads_no_table() -> None:
    program = """
import sys
import bot.languages.detection as detection
print(detection._table.cache_info().currsize, sorted({"numpy", "py3langid", "lxml", "sqlalchemy", "regex"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "0 []"


@given(st.text() | st.text(st.characters(codec=None)) | st.binary().map(lambda b: b.decode("latin-1")))
@settings(max_examples=300)
def test_it_survives_any_text(text: str) -> None:
    found = detect(text)
    assert 0.0 <= found.confidence <= 1.0
    assert found.language.isalpha()
    assert detect_question(text).isalpha()


@pytest.mark.parametrize("text", ["a", "ß", "Ж", "ا", "漢", "İ", "\u0301", "\ud800", " ", "ﷺ", "\U0001f600"])
def test_it_survives_a_megabyte_of_one_character(text: str) -> None:
    assert detect(text * 1_000_000).language
    assert detect_question(text * 1_000_000)


@given(st.lists(st.text("aeiouyßñłЖтйі", min_size=1, max_size=40), min_size=1, max_size=2 * SAMPLE))
@settings(max_examples=100)
def test_no_language_spills_into_the_column_of_another(words: list[str]) -> None:
    """Weights of all languages are added as one integer each."""
    table = detection._table("latin")
    size = 4 * len(table.languages)
    weights = [table.weight(word) for word in words]
    apart = [table.columns(weight.to_bytes(size, "little")) for weight in weights]
    together = table.columns(sum(weights).to_bytes(size, "little"))
    assert list(together) == [sum(column) for column in zip(*apart, strict=True)]


@pytest.mark.parametrize(("script", "main"), [("latin", "cs da de en es fr it nl pl pt sv tr"), ("cyrillic", "ru uk")])
def test_a_table_holds_the_languages_that_it_should(script: str, main: str) -> None:
    table = detection._table(script)
    assert " ".join(table.languages[: table.main]) == main
    assert len(table.words) > 3_000
