"""Words that tell names from words."""

from __future__ import annotations

# Names that are words as well: they need a capital, and more at the start of a sentence.
_WORDS_TOO_TEXT = """abel amber angel april art ash august autumn ball baker bank bauer bell berg
    best bill bird black blanc blanco bob braun brown bush carol case chance
    chase christian cook cross dawn day dean drew earl eve faith field fischer
    fish ford forest fox frank frost fuchs gene gold grace graf grand grant gray
    green gross grove guy hall hand harmony heath hill holly home hope hunter
    iris ivy jack jade jasmine jay jean joy june jung kaiser king klein koch
    konig kraft kurz lance land lane lang lily long love mai major mark mason
    may melody mercy miles mills moon moss nick noble norm north page paris park
    parks pat pearl penny petit pope price ray reed rey rice rich richter rob
    robin rock rojo rose rosa ruby rush sage schneider schwarz short sky snow
    sommer stark stein stern stone storm strong sue summer sunny victor viola
    violet walker ward way weiss west white will winter wise wolf wood woods
    young yung sandy sharp small smart swift king kann mann herr frau alt neu
    rot roth bach baum hahn vogel lux sol luz mar cruz flores paz luna nova
    roman ben dan sam max tom tim kay lee may per van an do so in on li bo my hu
    no he she we al ed"""
WORDS_TOO = frozenset(_WORDS_TOO_TEXT.split())
_PARTICLES_TEXT = """de del der den van von zu da di do dos du la le el al bin ibn ben st y e ter
    ten af av"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())
_HONORIFICS_TEXT = """mr mrs ms miss dr prof herr herrn frau m mme mlle monsieur madame señor
    señora sr sra sig signor signora pan pani thanks thank asked told hi hello
    dear danke hallo merci gracias"""
HONORIFICS = frozenset(_HONORIFICS_TEXT.split())
# After these a common word at the start of a sentence is that word: "Will you …", "May we …".
_FUNCTION_TEXT = """the a an it this that these those you we i they he she there be not my our
    your their his her have all any some more most every each and or but of to
    in on at for from with as is are was by up down new also if no nobody never
    always ever still even just only then"""
FUNCTION = frozenset(_FUNCTION_TEXT.split())
VERBAL = frozenset({"will", "may", "mark", "grant", "hope", "bill", "rob", "sue", "drew", "chase"})
_ACRONYMS_TEXT = """erp crm po pos hr it kpi qa pm ok uk us eu tv id pc sap vp ceo cfo coo rfq
    rfp nda sla b2b ad am as at be by do go he if in is me my no of on or so to
    up we po pr ai bi dc gm"""
ACRONYMS = frozenset(_ACRONYMS_TEXT.split())
