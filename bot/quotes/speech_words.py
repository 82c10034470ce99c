"""The words by which German and English news say who says something: data for `speech` and `noun_phrases`."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Verbs of saying, as finite forms. The German ones are followed by what may close them ("teilte … mit").
SAID_EN: Final = _words(
    "said says told reported stated announced announces confirmed confirms denied denies warned warns claimed"
    " accused accuses suggested suggests estimated added adds acknowledged acknowledges admitted admits argued argues"
    " insisted insists noted explained explains wrote writes tweeted revealed reveals declared declares predicted"
    " predicts alleged alleges asserted asserts maintained maintains believes believed condemned condemns rejected"
    " dismissed disclosed testified urged urges vowed pledged recalled stressed emphasized emphasised criticized"
    " criticised replied complained hinted cautioned assured"
)
# Also nouns or plain verbs: only after a name and before what is said.
SAID_EN_UNSURE: Final = _words(
    "reports estimates claims notes states say report warn argue estimate claim believe deny"
)
PARTICIPLES_EN: Final = _words(
    "said told reported stated announced confirmed denied warned claimed accused suggested estimated acknowledged"
    " admitted argued insisted noted explained written revealed declared predicted alleged condemned rejected"
)
SAID_DE: Final = {
    **dict.fromkeys(
        _words(
            "sagte sagten sagt sagen erklärte erklärten erklärt berichtete berichteten berichtet meldete meldeten"
            " meldet betonte betonten betont behauptete behaupteten behauptet bestätigte bestätigten bestätigt"
            " bestritt bestritten bestreitet warnte warnten warnt schrieb schrieben schreibt schätzte schätzten"
            " schätzt vermutete vermuteten vermutet äußerte äußerten begründete versicherte versicherten versichert"
            " versprach versprachen kritisierte kritisierten kritisiert verurteilte verurteilten verurteilt begrüßte"
            " begrüßten begrüßt beschuldigte beschuldigten beschuldigt dementierte dementierten dementiert forderte"
            " forderten fordert erwähnte erwähnten erwiderte antwortete antworteten ergänzte ergänzten erläuterte"
            " verkündete verkündeten verkündet bezeichnete bezeichneten bezeichnet mahnte mahnten verlautbarte"
            " prognostizierte prognostiziert bekräftigte bekräftigten fragte unterstrich resümierte urteilte meinte"
            " meinten meint beklagte beklagten klagte twitterte enthüllte verneinte verweigerte mitteilte mitteilten"
            " mitteilt bekanntgab bekanntgaben hinzufügte angab angaben"
        ),
        frozenset(),
    ),
    **dict.fromkeys(_words("teilte teilten teilt"), _words("mit")),
    **dict.fromkeys(_words("gab gaben gibt"), _words("an bekannt zu ab")),
    **dict.fromkeys(_words("fügte fügten fügt"), _words("hinzu an")),
    **dict.fromkeys(_words("räumte räumten räumt"), _words("ein")),
    **dict.fromkeys(_words("kündigte kündigten kündigt"), _words("an")),
    **dict.fromkeys(_words("schlug schlugen schlägt"), _words("vor")),
    **dict.fromkeys(_words("wies wiesen weist"), _words("zurück hin")),
    **dict.fromkeys(_words("warf warfen wirft"), _words("vor")),
    **dict.fromkeys(_words("stellte stellten stellt"), _words("fest klar")),
    **dict.fromkeys(_words("erkannte erkannten erkennt"), _words("an")),
    **dict.fromkeys(_words("führte führten"), _words("aus")),
    **dict.fromkeys(_words("stritt stritten"), _words("ab")),
}
PARTICIPLES_DE: Final = _words(
    "gesagt erklärt berichtet gemeldet betont behauptet bestätigt bestritten gewarnt geschrieben geschätzt vermutet"
    " versichert versprochen kritisiert verurteilt begrüßt beschuldigt dementiert gefordert erwähnt mitgeteilt"
    " angegeben bekanntgegeben hinzugefügt eingeräumt angekündigt vorgeschlagen zurückgewiesen vorgeworfen"
    " festgestellt anerkannt zugegeben abgestritten verkündet bezeichnet"
)
HAVE_DE: Final = _words("hat haben hatte hatten")
HAVE_EN: Final = _words("has have had")
BE_EN: Final = _words("is are was were be been being")

DETERMINERS_DE: Final = _words(
    "der die das den dem des ein eine einen einem einer eines sein seine seinen seinem seiner seines ihr ihre ihren"
    " ihrem ihrer ihres unser unsere mehrere mehreren mehrerer viele vielen vieler einige einigen einiger beide"
    " beiden beider zwei drei vier fünf sechs dieser diese dieses diesem diesen kein keine alle allen"
)
DATIVES_DE: Final = _words(
    "der dem den einem einer dieser diesem diesen seinem seiner seinen ihrem ihrer ihren mehreren vielen einigen"
    " laut"
)
GENITIVES_DE: Final = _words("des der eines einer seines seiner ihres ihrer")
PRONOUNS_DE: Final = _words(
    "er sie es ich wir man ihr das dies dieser diese jener jene beide wer was ihm ihn ihnen uns mir mich sich"
)
PRONOUNS_EN: Final = _words(
    "he she it they we i you who which that this these those one him her them us me himself herself itself"
    " themselves there"
)
# What may stand between a German verb of saying and its subject.
FILLERS_DE: Final = _words(
    "auch am im zuvor dazu später jedoch zudem weiter unterdessen nun bereits hingegen dagegen"
)
OPENERS_DE: Final = _words(
    "obwohl nachdem während weil dass wenn als da bevor und aber denn doch ob sodass obgleich indem"
)
FINITE_DE: Final = _words(
    "wurde wurden wird werden hat haben hatte hatten ist sind war waren kann können konnte konnten will wollen"
    " wollte soll sollen sollte muss müssen musste darf dürfen mag möchte sei seien habe hätte hätten wäre wären"
    " würde würden"
)
# A German sentence that begins with one of these has its subject behind the verb: "Am Montag sagte der Minister".
ADVERBIALS_DE: Final = _words(
    "am an auf im in bei beim nach vor seit als zuvor später danach gestern heute zudem außerdem dabei damit auch"
    " dazu dann gleichzeitig zugleich unterdessen inzwischen kürzlich bereits schon mit während gegenüber daraufhin"
    " dagegen hingegen allerdings trotzdem unter über zum zur aus durch erst zuletzt weiter ferner das dies so hier"
    " dort anschließend schließlich hinterher jedoch ebenso ebenfalls vergangene vergangenen erstmals gegen um für"
)
# Verbs that also mean something else: they say something only where something said follows.
DOUBTFUL_DE: Final = _words(
    "erklärt erklärte erklärten bestätigt begründete bezeichnet begrüßt fordert gibt gab gaben führte führten"
)
# Verbs that are followed by what they are about, so that the noun phrase after a comma and them is no subject.
TRANSITIVE_DE: Final = _words(
    "forderte forderten fordert beschuldigte beschuldigten kritisierte kritisierten kritisiert verurteilte"
    " verurteilten verurteilt bestätigte bestätigten begrüßte begrüßten bestritt bestritten bestreitet dementierte"
    " erwähnte erwähnten verweigerte warf warfen wies wiesen bezeichnete bezeichneten"
)
NOT_ADVERBS_EN: Final = _words("family assembly ally supply reply rally bully anomaly monopoly homily")
# What has no will is done "according to" a plan.
RULES_EN: Final = _words(
    "plan plans schedule law laws rules project tradition protocol custom need needs size merit"
)
# What may stand inside a name, in small letters.
PARTICLES: Final = _words("von van vom zu zum zur der den de del della di da dos du la le el al bin ibn ben y auf")
# Nouns that follow a German verb of saying, but are told, or tell when.
NOT_SPEAKERS: Final = _words(
    "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag Montagabend Dienstagabend Mittwochabend"
    " Donnerstagabend Freitagabend Samstagabend Sonntagabend Januar Februar März April Mai Juni Juli August September"
    " Oktober November Dezember Reportern Reporter Journalisten Medienvertretern Anwesenden Monday Tuesday Wednesday"
    " Thursday Friday Saturday Sunday January February March May June July October December"
)
# They are told, too: after the name of who speaks they are no part of it.
MEDIA: Final = _words(
    "Reuters AFP AP dpa DPA TASS BBC CNN Zeitung Nachrichtenagentur Agentur Sender Fernsehsender Radiosender Magazin"
    " Nachrichtenmagazin Presse Presse-Agentur Tageszeitung Wochenzeitung Nachrichtenseite Spiegel Bild Bild-Zeitung"
    " ARD ZDF"
)
# Reports that nobody stands for: hearsay, not a speaker.
NOBODY: Final = _words(
    "Berichten Medienberichten Presseberichten Berichte Medienberichte Gerüchten Gerüchte Umständen"
    " Zeitungsberichten reports report rumours rumors media some many sources"
)
# After these words stands who knows it: "nach Angaben der Polizei".
ACCOUNTS_DE: Final = _words(
    "Angaben Angabe Einschätzung Einschätzungen Ansicht Auffassung Darstellung Worten Aussage Aussagen Auskunft"
    " Erkenntnissen Schätzung Schätzungen Berechnungen Informationen Meinung Überzeugung Mitteilung Berufung Hinweis"
)
# Where these are quoted, whoever made them is worth naming: the phrase goes on.
DATA: Final = _words(
    "data figures records statistics imagery images study survey analysis estimates documents report research poll"
    " review Daten Satellitendaten Zahlen Statistik Statistiken Bilder Satellitenbilder Satellitenbildern Studie"
    " Umfrage Analyse Bericht Berichten Auswertung Dokumenten Untersuchung Erhebung"
)
# An English phrase ends before these.
STOPS_EN: Final = _words(
    "in on at to with from after before during since under over about around as against between among via into"
    " through within without by than amid despite near per until because while although though when where if but or"
    " nor so yet that which who whom whose what how why is are was were be been being has have had will would could"
    " may might can should must do does did not also later earlier today yesterday tomorrow last this next early late"
    " then now separately and he she it they we i you him them us me there here"
) | SAID_EN
OPENERS_EN: Final = _words(
    "that because while although though when where if but as after before since whether and so until"
)
LINKS_EN: Final = _words("of for")
OFFICES_EN: Final = _words(
    "spokesman spokeswoman spokesperson spokespeople ministry minister center centre institute office department"
    " agency council committee secretary organization organisation bureau commissioner director head chief fund"
    " society group campaign commission association union service lawyer lawyers attorney adviser advisor"
)
PEOPLE_EN: Final = _words(
    "officials police authorities witnesses researchers scientists analysts experts residents prosecutors"
    " investigators doctors activists diplomats lawmakers rescuers firefighters critics economists campaigners"
    " organizers organisers officers survivors relatives lawyers observers"
    " volunteers neighbours neighbors eyewitnesses scholars insiders aides ministers senators governors mayors students"
    " teachers farmers workers staff employees soldiers commanders negotiators engineers"
)
