"""Words that carry no news by themselves, for German and English. In other languages a word's rarity decides alone."""

from __future__ import annotations

_ENGLISH = """
a about above after again against all also although am among an and another any are around as at away back be became because
been before being below between both but by came can cannot could did do does doing done down during each either else ever
every few for from further get gets give given go goes going gone got had has have having he her here hers herself him
himself his how however i if in into is it its itself just know known last least less let like made make makes many may me
might more most much must my myself near nearly neither never next no nor not now of off often on once one only onto or other
others our ours out over own per perhaps put quite rather said same say saying says see seem seems seen several shall she
should since so some someone something still such take taken than that the their theirs them themselves then there these
they thing things this those though through thus to together too took toward towards under until up upon us use used using
very via was way we well went were what whatever when where whether which while who whom whose why will with within without
would yes yet you your yours yourself s t d ll re ve m don didn doesn isn wasn aren weren won
"""

_GERMAN = """
aber alle allem allen aller alles als also am an andere anderem anderen anderer anderes auch auf aus außer außerdem bei beide
beiden beim bereits bevor bin bis bist da dabei dadurch dafür dagegen daher dahin damals damit danach dann daran darauf daraus
darf darin darüber darum darunter das dass daß davon davor dazu dein deine dem den denen denn dennoch der deren derer des
deshalb dessen dich die dies diese dieselbe diesem diesen dieser dieses dir doch dort du durch durfte dürfen eben ein eine einem
einen einer eines einige einigem einigen einiger einiges einmal er es etwa etwas euch euer eure fast für gab gar gegen gegenüber
gehen geht gemacht genau gewesen gibt ging hab habe haben hat hatte hatten hätte hätten her hier hin hinter ich ihm ihn ihnen
ihr ihre ihrem ihren ihrer ihres im immer in indem ins ist ja je jede jedem jeden jeder jedes jedoch jemand jene jenem jenen
jener jenes jetzt kam kann kein keine keinem keinen keiner kommen kommt könne können könnte könnten konnte konnten lassen lässt
machen macht mal man manche mehr mein meine mich mir mit muss musste müssen nach nachdem nämlich neben nein nicht nichts nie
noch nun nur ob obwohl oder oft ohne sagt sagte sagten schon sehr sei seien sein seine seinem seinen seiner seines seit selbst
sich sie sind so sogar solche solchem solchen solcher soll sollen sollte sollten sondern sonst soweit sowie statt trotz über um
und uns unser unsere unter viel viele vielen vom von vor vorher wann war waren warum was weg wegen weil weiter weitere weiterem
weiteren weiterer weiteres welche welchem welchen welcher welches wem wen wenig weniger wenn wer werde werden weshalb wessen wie
wieder wieso will wir wird wo wobei wodurch woher wohin wohl wollen wollte womit wurde wurden würde würden zu zum zur zwar
zwischen
"""

STOP_WORDS: dict[str, frozenset[str]] = {"en": frozenset(_ENGLISH.split()), "de": frozenset(_GERMAN.split())}
