"""The words by which German and English ask, and the words that show an answer of the wanted kind."""

from __future__ import annotations

import re
from enum import StrEnum


class Wanted(StrEnum):
    """The kind of answer that a question wants."""

    HOW_MANY = "how many"
    HOW_MUCH = "how much"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    WHICH = "which"
    YES_NO = "yes or no"
    DEFINITION = "definition"
    WHAT = "what"


# First match wins, so the narrower come first. Every pattern is matched at the question's start, after its preamble.
_ASKS: dict[str, tuple[tuple[Wanted, str], ...]] = {
    "en": (
        (Wanted.HOW_MANY, r"how many\b|what (?:is|was|are|were) the (?:number|total number|size|death toll|toll)\b|what number\b"),
        (
            Wanted.HOW_MUCH,
            (r"how (?:much|high|large|big|tall|long|far|old|fast|heavy|deep|wide|often|expensive|costly|strong)\b"
            r"|(?:at |by |to |for |of )?what (?:share|percentage|percent|proportion|fraction|price|cost|amount|sum|rate|age)\b"
            r"|what (?:is|was|are|were) the (?:[a-z]+ ){0,2}(?:share|percentage|price|cost|amount|rate|population|height|length|area|speed|temperature)\b"),
        ),
        (
            Wanted.WHEN,
            (r"when\b|since when\b|(?:in|on|during|by|until|since|from|after)? ?(?:what|which) (?:year|month|day|date|century|decade|time|season|week|period|era)s?\b"
            r"|at what time\b|what (?:is|was) the date\b|how long ago\b"),
        ),
        (Wanted.WHERE, r"where\b|(?:in |at |from |to |near )?(?:what|which) (?:city|country|place|town|region|state|location|continent|village|province|county|area|district|part of)\b|what (?:is|was) the (?:location|capital|birthplace)\b"),
        (Wanted.WHY, r"why\b|for what reasons?\b|what (?:is|was|were|are) the (?:reason|cause)s?\b|what (?:caused|made|led)\b|how come\b"),
        (Wanted.WHO, r"(?:by |to |with |for |from |of )?who(?:m|se)?\b|(?:what|which) (?:person|people|man|woman|politician|president|minister|scientist|author|king|queen|ruler|actor|player|company|organi[sz]ation|agency|group|team|official|publication|newspaper|body)\b|what (?:is|was) the name of the (?:person|man|woman|president|minister)\b"),
        (Wanted.HOW, r"how\b|(?:by|in|through) what (?:means|way|method)\b"),
        (Wanted.DEFINITION, r"what (?:is|are|was|were) (?:an? )?[\w\-]+(?: [\w\-]+)?\?*\Z|what does [\w\- ]{2,60} (?:mean|stand for)\b"),
        (Wanted.WHICH, r"(?:[a-z]+ )?which\b"),
        (Wanted.YES_NO, r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|isn't|aren't|wasn't|didn't|hasn't|haven't)\b"),
        (Wanted.WHAT, r"(?:[a-z]+ )?what\b"),
    ),
    "de": (
        (
            Wanted.HOW_MANY,
            (r"(?:auf |aus |in |bei |mit |von |um |seit )?wie ?viel(?:e[nr]?\b|\b(?! (?:kost|zahl|bezahl|verdien|wieg|wog|beträgt|ist|war|wird|wurde|hat|gibt|gab)))"
            r"(?! (?:geld|prozent|euro|dollar|zeit))|(?:wie (?:hoch|groß) (?:ist|war|sind) die (?:zahl|anzahl|opferzahl))|welche (?:an)?zahl\b"),
        ),
        (
            Wanted.HOW_MUCH,
            (r"wie ?viel\b|wie (?:hoch|groß|lange?|weit|alt|schnell|schwer|tief|breit|oft|teuer|stark|häufig)\b"
            r"|(?:zu |mit |bei )?welche[rmns]? (?:anteil|prozentsatz|preis|betrag|summe|rate|alter|höhe|menge)\b|was kostet\w*\b"),
        ),
        (
            Wanted.WHEN,
            r"wann\b|(?:seit|bis|ab|von) wann\b|(?:in|an|zu|seit|ab|bis|um|während)? ?welche[mnrs]? (?:jahr\w*|monat\w*|tag\w*|datum|jahrhundert\w*|jahrzehnt\w*|zeit\w*|uhrzeit|woche|epoche|ära)\b|um wie viel uhr\b|wie lange ist es her\b",
        ),
        (Wanted.WHERE, r"wo(?:hin|her)?\b|(?:in|an|aus|bei|nach|auf)? ?welche[mnrs]? (?:stadt|land|ort|region|staat|kontinent|dorf|provinz|gebiet|bezirk|bundesland|teil)\b"),
        (Wanted.WHY, r"(?:warum|weshalb|wieso|weswegen)\b|wofür\b(?! steht)|aus welche[mn] gr[uü]nd\w*\b|was (?:ist|war|waren|sind) (?:der|die) (?:grund|gründe|ursachen?)\b|was führte\b"),
        (Wanted.WHO, r"(?:von |mit |an |für |durch |bei |zu |gegen )?we[rmn]\b|wessen\b|wie (?:heißt|heißen|hieß(?:en)?|lautet der name)\b|(?:von |mit )?welche[rmns]? (?:person|mann|frau|politiker\w*|präsident\w*|minister\w*|firma|unternehmen|organisation|behörde|agentur|gruppe|mannschaft|team|zeitung|autor\w*|könig\w*)\b"),
        (Wanted.HOW, r"(?:wie|wodurch|womit|auf welche weise)\b"),
        (Wanted.DEFINITION, r"was (?:ist|sind|war|waren) (?:eine?[nms]? |der |die |das )?[\w\-]+\?*\Z|was bedeutet\b|wofür steht\b"),
        (Wanted.WHICH, r"(?:[a-zäöü]+ )?welche[rmns]?\b"),
        (Wanted.YES_NO, r"(?:ist|sind|war|waren|hat|haben|hatte|hatten|wird|werden|wurde|wurden|kann|können|konnte|soll|sollen|will|wollen|darf|dürfen|muss|müssen|gibt|gab|(?!(?:laut|mit|seit|nach|unter|hinter|neben|zwischen|gegen|wegen|trotz|gemäß|statt|bitte) )[a-zäöüß]{3,20}(?:t|te|ten|en)) "),
        (Wanted.WHAT, r"(?:[a-zäöü]+ )?was\b|wor\w+\b|wozu\b|wovon\b|wogegen\b"),
    ),
}  # fmt: skip
KIND_PATTERNS = {
    language: tuple((kind, re.compile(pattern)) for kind, pattern in rows) for language, rows in _ASKS.items()
}

# Words of a question that ask and carry nothing to look for.
QUESTION_FRAME: dict[str, frozenset[str]] = {
    "en": frozenset(
        "how many much what which who whom whose when where why is are was were do does did has have had name called number "
        "amount kind type sort happen happened happens year month date time day tell please know there exactly currently "
        "according sources say answer".split()
    ),
    "de": frozenset(
        "wie viel viele was welche welcher welches welchem welchen wer wen wem wessen wann wo wohin woher warum weshalb wieso "
        "heißt heißen hieß name lautet anzahl zahl art passiert passierte geschah jahr monat datum zeit tag bitte weiß "
        "genau laut quellen antwort wofür woran worin worüber wobei womit wodurch "
        "wovon wogegen wozu woraus worauf".split()
    ),
}

DEFINITION_FRAME = frozenset(
    "mean means stand stands bedeutet bedeuten steht stehen heißt abbreviation abkürzung".split()
)

SHARE_WORDS = frozenset("percentage percent share proportion fraction prozent prozentsatz anteil".split())

AUXILIARIES: dict[str, frozenset[str]] = {
    "en": frozenset(
        "is are was were do does did has have had can could will would should may might must shall be been being".split()
    ),
    "de": frozenset(
        "ist sind war waren hat haben hatte hatten wird werden wurde wurden kann können konnte konnten soll sollen sollte will "
        "wollen wollte darf dürfen muss müssen musste gibt gab".split()
    ),
}

# Words at the beginning of a sentence that stand for something said before.
BACK_REFERENCES: dict[str, frozenset[str]] = {
    "en": frozenset("he she it they this these that those his her its their such him them here there".split()),
    "de": frozenset(
        "er sie es dies diese dieser dieses diesem diesen sein seine seinen seiner seinem ihr ihre ihren ihrer ihrem dort "
        "hier dabei dadurch damit daraus davon dazu dafür dagegen danach darauf darin das solche solcher deren dessen "
        "letztere letzterer ersterer".split()
    ),
}

# What a sentence shows when it gives a reason or a means.
REASON_SIGNS = re.compile(
    r"\b(?:weil|denn|wegen|aufgrund|da (?:sie|er|es|die|der|das|sich)|deshalb|daher|darum|infolge|dadurch|angesichts|um [^.]{3,80} zu|damit|"
    r"because|since|due to|owing to|as a result|therefore|so that|in order to|thanks to|caused by|reason|after|because of|led to|"
    r"to [a-z]{3,})\b",
    re.IGNORECASE,
)
MEANS_SIGNS = re.compile(
    r"\b(?:durch|mit|mithilfe|mittels|indem|anhand|per|dank|über|unter einsatz|by|using|through|via|with|means of|based on)\b",
    re.IGNORECASE,
)
PLACE_SIGNS = re.compile(
    r"\b(?:in|im|bei|nahe|nach|aus|auf|an|am|vor|südlich|nördlich|östlich|westlich|at|near|from|to|on|north of|south of|"
    r"east of|west of|into|between|across)\s+(?:der|die|das|dem|den|the|a|einer?|einem)?\s*(?:[a-zäöüß]+en\s+|[a-z]+ern\s+)?[A-ZÄÖÜ]",
)
DEFINITION_SIGNS = re.compile(
    r"\b(?:ist|sind|war|waren|bezeichnet|bedeutet|steht für|nennt man|heißt|gilt als|is|are|was|were|means|refers to|stands for|known as|called|defined as)\b",
    re.IGNORECASE,
)
NEGATIONS = re.compile(
    r"\b(?:nicht|kein(?:e[nmrs]?)?|nie(?:mals)?|weder|ohne|noch kein\w*|bestr(?:eite\w*|itt\w*|itten)|dementier\w*|verneint?\w*|leugne\w*|"
    r"not|no|never|neither|nor|without|none|den(?:y|ies|ied|ying)|refus\w+|reject\w*|dismiss\w*|\w+n['’]t)\b",
    re.IGNORECASE,
)
# A question about what is not so: "Which ports were not reached?", but not "not only".
DENIAL_ASKED = re.compile(
    r"\b(?:(?:not|nicht)(?! (?:only|just|all|nur|alle)\b)|never|cannot|no|nobody|neither|kein(?:e[nmrs]?)?|nie(?:mals)?|niemand|weder)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
# What else than a negation says that something is not so.
LACK_SIGNS = re.compile(
    r"\b(?:fail\w*|lack\w*|unable|cannot|less|hardly|non|unlikely|unknown|unwilling|absen\w+|prevent\w*|ban(?:ned|s)?|prohibit\w*|"
    r"mangel\w*|fehl\w*|weniger|kaum|verhinder\w*|weiger\w*|verb(?:iete|ot)\w*|ungewiss|unbekannt)\b",
    re.IGNORECASE,
)
