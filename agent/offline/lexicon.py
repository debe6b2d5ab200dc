"""The words that the planner knows. Patterns match whole words, in lower or upper case."""

import re
from collections.abc import Mapping

from agent.offline.vocabulary import ENGINES, STYLE_WORDS
from agent.offline.words import NOUNS_TOO

# What a clause starts with and what it does is the same as without.
FILLERS = (
    r"(?:tell|remind|inform)\s+(?:me|us)(?=\s+(?:how|what|which|whether|if|the|about)\b)",
    r"i\s+wonder",
    r"(?:i|we)\s+(?:am|are)(?=\s+\w+ing\b)",
    "please", "kindly", "now", "then", "so", "and", "also", "just", "hey", "hi", "hello", "ok",
    "okay", "well", "alright", "right", "sure", "yes", "yeah", "yep", "great", "good", "perfect",
    "fine", "cool", "thanks", "maybe", "perhaps", "quickly", "finally", "afterwards?", "next",
    "later", "first", "immediately", "directly", "instead", "actually", "simply", "only", "cheers",
    r"go\s+ahead\s+and", r"go\s+on\s+and", r"help\s+me(?:\s+to)?", r"try\s+to", "there", "team",
    r"be\s+so\s+kind\s+(?:and|to)", r"(?:can|could|would|will)\s+you(?:\s+please)?",
    r"(?:can|could|may|shall|should)\s+(?:i|we)", r"would\s+you\s+mind", "folks", "everyone",
    r"i\s+(?:want|need|would\s+like|would\s+love|expect)\s+you\s+to",
    r"the\s+(?!name\b)\w+\s+should\s+be",
    r"(?:i|we)(?:\s+am|\s+are)?\s+(?:want|need|would\s+like|would\s+love|like|wish|going|have|"
    r"got|plan)\s+to",
    r"you\s+(?:can|should|may|could)", r"let\s+us", r"let\s+me", r"(?:it|that)\s+is\s+time\s+to",
    r"time\s+to",
    r"(?:when|once|as\s+soon\s+as|after|if)\s+(?:it|they|that|this|everything|all|you|those|"
    r"the\s+\w+)"
    r"\s+(?:is|are|has|have)?\s*(?:all\s+)?(?:done|ready|finished|finishes|complete|completed|"
    r"through|been\s+\w+)",
    r"(?:when|once|after|as\s+soon\s+as)\s+(?:done|ready|finished|complete|finishing)",
    r"after\s+(?:that|this)",
    r"(?:i|we|it|that)\s+would\s+(?:really\s+|also\s+)?(?:be|make)\s+(?:me\s+|us\s+)?(?:so\s+"
    r"|very\s+|really\s+)?"
    r"(?:great|nice|lovely|good|cool|awesome|amazing|perfect|helpful|wonderful|fantastic|happy"
    r"|glad|"
    r"grateful|delighted|thankful)(?:\s+(?:if|to))?(?:\s+(?:i|we|you)\s+(?:can|could"
    r"|would))?(?:\s+(?:get|have)(?=\s+to\b))?",
    r"(?:would|will|is)\s+it\s+be\s+(?:possible|ok(?:ay)?|fine)\s+(?:to|if\s+(?:i|we"
    r"|you)(?:\s+could)?)",
    r"is\s+it\s+possible\s+to",
    r"(?:any|is\s+there\s+(?:any|a))\s+(?:chance|way)(?:\s+(?:to|of)\b)?(?:\s+(?:that\s+)?"
    r"(?:i|we|you)\s+(?:can|could|would))?", r"would\s+(?:like|love)\s+to", r"just\s+curious",
    "curious",
    r"(?:i|we)\s+have\s+changed\s+(?:my|our)\s+minds?",
    r"(?:do|did)\s+you\s+think\s+(?:that\s+)?you\s+could",
    r"after\s+all", "though", "sorry", "apologies", "oops", "whoops",
    r"my\s+(?:bad|mistake|fault)", r"excuse\s+me",
    r"very\s+well", r"(?:how|what)\s+about(?=\s+\w+ing\b)",
    r"(?:it|they|everything|the\s+\w+)\s+(?:may|can|should)(?=\s+(?:start|begin|run|go|launch)\b)",
    r"morning(?:\s+all)?", r"thank\s+you",
    r"as\s+well", r"make\s+sure(?:\s+that)?", r"see\s+to\s+it\s+that", r"at\s+the\s+end",
    r"in\s+the\s+end", r"if\s+possible", r"for\s+me", r"right\s+away", "too",
)  # fmt: skip

# Verb class → the forms that a request starts with.
VERBS: Mapping[str, tuple[str, ...]] = {
    "cancel": (
        r"stop(?!\s+(?:sign|watch))", "cancel", "abort", "kill", "halt", "terminate", "quit",
        r"call\s+(?:it|this|that|the\s+\w+(?:\s+\w+)?)\s+off", r"call\s+off", r"pull\s+the\s+plug",
        r"never\s*mind", r"forget\s+(?:it|about\s+it|that|the\s+\w+)", "discontinue", "scrap",
        "interrupt",
        r"end\s+(?:the|this|that)\s+(?:generation|generating|batch|run|job|process)",
        r"stopping", r"cancelling", r"shut\s+(?:it|that|this)\s+down", r"end\s+it",
    ),
    "retry": (
        "retry", "redo", r"re-?run", r"re-?generate", r"re-?make", r"re-?do", r"re-?try",
        r"re-?create", r"re-?start", r"re-?submit", "retrying", r"re-?queue", "repeat",
    ),
    "delete": (
        "delete", "erase", "wipe", "purge", "destroy", "trash", "nuke", "drop", "remove",
        r"get\s+rid\s+of", "clear", "deleting",
    ),
    "export": (
        r"export\w*", r"pack(?:age|aging|ing)?(?!\s+of)(?:\s+up)?", r"bundle(?!\s+of)(?:\s+up)?",
        "bundling", r"zip(?:\s+up)?", "ship", "download", "deliver", "archive",
        r"wrap\s+(?:(?:it|them|this|that|everything)\s+)?(?:all\s+)?up",
        "packaged", "packed", "bundled", "zipped", "shipped", "delivered",
        r"hand\s+over", "convert", r"stitch", r"combine", r"compile", "merge",
    ),
    "tag": (
        r"(?:auto-?)?tag(?:ging)?", r"label(?:l?ing)?",
        r"(?:auto-?)?(?:tagged|labell?ed)(?=\s*(?:$|,|\.|(?:and|for|afterwards|too|automatically|"
        r"then|first|with|as)\b))", "mark", "annotate", "categori[sz]e",
        "classify", r"re-?tag", r"un-?tag", "flag",
    ),
    "learn": (
        "learn", "use", "using", "register", "remember", "take", "treat", "store", "define",
        "teach", "adopt", "save", "study", "apply", "base", "turn", "memori[sz]e", "set",
        "follow", "analy[sz]e", "train", "establish",
    ),
    "call": ("call", "name", "title", "dub", "naming", "calling"),
    "price": ("price", "quote", "cost", "estimate", "calculate"),
    "search": (
        "find", "search", "show", "list", r"look(?:ing)?\s+(?:for|up)", "display", "browse", "see",
        "fetch", r"pull\s+up", "filter", "locate", "where", "which",
        r"do\s+(?:not\s+)?(?:we|i|you)\s+(?:\w+\s+)?have",
        r"(?:did|have|had)\s+(?:not\s+)?(?:we|i|you|anyone)\s+(?:\w+\s+)?(?:make|made|do|done|"
        r"create[ds]?|generated?|draw[ns]?|render(?:ed)?|produced?)", "anything",
        r"have\s+(?:we|i|you)\s+got", r"are\s+there", r"is\s+there", r"got\s+any", "any", "dig",
        r"bring\s+up", "view", r"let\s+me\s+see", "searching",
        r"what(?=\s+\w+\s+(?:are|is|have|did|do|were)\b)", "query",
        r"get(?:\s+me|\s+us)?(?=\s+(?:all|any|every)\b)",
    ),
    "start": (
        "start", "starting", "begin", "beginning", "launch", "launching",
        r"go(?!\s+(?:with|for\s+the)\b)", "run", "running",
        r"kick(?:ing)?(?:\s+(?:it|this|that|them|things|everything|the\s+\w+))?\s+(?:off|it\s+off)",
        "execute", r"fire\s+(?:it\s+|them\s+)?(?:up|off|away)", "trigger", "proceed",
        r"get\s+going",
        r"get\s+(?:it|this|that|things|them|the\s+\w+)\s+(?:going|started|running|rolling)",
        r"get\s+started", "commence", "submit", r"roll", r"let\s+it\s+rip", r"set\s+it\s+off",
        r"let\s+it\s+(?:run|go|roll)", "process", r"have\s+it\s+run", r"send\s+it",
    ),
    "make": (
        "make", "making", "create", "creating", "generate", "generating", "draw", "drawing",
        "produce", "producing", "render", "rendering", "design", "paint", "build", "craft",
        "prepare", "preparing", r"set\s+up", "setup", "draft", "drafting", r"put\s+together",
        r"come\s+up\s+with", r"cook\s+up", r"whip\s+up", "import", "load", "sketch", "illustrate",
        "assemble", r"(?:line|spin|knock|mock|conjure)\s+up", r"(?:pull|throw)\s+together",
        r"do(?=\s+(?:an?|some|\d+)\b)", "add", "queue", "plan",
    ),
    "vary": ("vary", "varying", "tweak"),
    "want": (
        "need", r"wants?", r"(?:i|we)\s+(?:could|can)\s+do\s+with", r"could\s+do\s+with",
        r"(?:there\s+)?(?:should|must|has\s+to)\s+be(?=\s+an?\b)",
        r"would\s+(?:like|love)", r"give\s+(?:me|us)", r"get\s+(?:me|us)",
        r"could\s+use", r"get(?=\s+(?:an?|some|\d+)\b)",
        r"(?:i|we)\s+(?:need|want|require|have(?!\s+(?:not\s+|just\s+"
        r"|already\s+)?(?:(?!\w*eed\b)\w{2,}ed|"
        r"been|made|done|got|had|seen|chosen|put|found|left|set|forgotten|sent)\b))",
        "have", "send", "hand", "put",
        r"(?:i|we)\s+(?:would\s+(?:like|love)|could\s+use)", "give", "order", "requesting",
        r"(?:i|we)\s+(?:am|are)\s+(?:short\s+o[fn]|out\s+of|low\s+on|in\s+need\s+of|lacking|"
        r"missing|after)", r"bring",
        r"(?:(?:my|our|the|a)\s+)?(?:[\w-]+\s+){1,3}?(?:asks?|asked|(?:is|are)\s+asking|waits?|"
        r"(?:is|are)\s+waiting|is\s+keen|hopes?)\s+for", r"(?:my|our|the)\s+\w+\s+wants",
    ),
}  # fmt: skip
# Only these can open a new clause behind "and" or a comma: the others are nouns too often.
OPENERS = frozenset(VERBS) - {"want"}

# Concept → what it looks like, anywhere in a clause.
CONCEPTS: Mapping[str, tuple[str, ...]] = {
    "price": (
        "costs?", "pric(?:e|es|ed|ing)", "quotes?",
        r"how\s+much(?!\s+(?:longer|time|more|of|progress|is\s+(?:left|done|missing)))",
        r"how\s+(?:expensive|cheap)", "estimates?",
        "pay(?:ing)?", "charge[ds]?", "expensive", r"set\s+(?:me|us)\s+back", "budget",
        r"worth\s+of\s+money",
        "bill", "fee", "damage", r"what\s+(?:sum|amount)", r"how\s+much\s+money", "sum",
    ),
    "styles": (r"styles", r"style\s+profiles?", r"profiles",
    r"looks(?!\s+(?:like|good|great|fine|right|ok|nice|wrong|bad|as))", r"art\s+directions"),
    "style": STYLE_WORDS,
    "status": (
        "status", "progress(?:ing)?", r"how\s+far",
        r"how\s+much\s+(?:longer|time|more|of|progress|is\s+(?:left|done|missing))",
        r"how\s+(?:is|are)(?!\s+you\b)", r"state\s+of",
        r"eta", r"how\s+long", r"any\s+(?:news|updates?|progress)", r"updates?\s+(?:on|about|for)",
        r"where\s+(?:are|do)\s+we\s+(?:at|stand)", r"where\s+(?:is|does)\s+(?:it|my|the|that)\b.*",
        r"(?:is|are|has|have)\s+(?:it|they|my|the|that|this|those|everything|all|we|our)\b.*"
        r"(?:done|ready|finish\w*|complet\w*|through|running|still|moving|going)",
        r"(?:done|ready|finished)\s+yet", r"how\s+many\b.*(?:done|ready|left|finish\w*|remain\w*|"
        r"complet\w*|fail\w*|generated|made\s+so\s+far|so\s+far|through|queued|pending|missing)",
        r"how\s+(?:does|do)\b.*(?:look|go|stand)", r"(?:is|are)\s+we\s+(?:there|done)",
        r"what\s+is\s+(?:happening|going\s+on|up)\s+with", r"getting\s+on",
        r"coming\s+(?:along|on)",
        r"when\s+(?:will|is|are|do|can)\b.*(?:done|ready|finish\w*|complet\w*|end|expect)",
        r"(?:what|which|why)\b.*\bfail\w*", r"check\s+(?:in\s+)?on", r"how\s+goes", r"report",
        r"what\s+is\s+the\s+latest",
        r"(?:is|are)\s+(?:\w+\s+){1,4}(?:nearly|almost|soon|close)\b",
        r"(?:whether|if)\b.*(?:done|ready|finish\w*|complet\w*|through|running)", r"percent\w*",
    ),
    "fail": (
        r"fail(?:s|ed|ure|ures|ing)?", "broken", "broke", r"errors?", "errored", "unsuccessful",
        r"(?:did|do|does|have|has)\s+not\s+(?:work\w*|make\s+it|come\s+out|succeed\w*|render\w*|"
        r"turn\w*|"
        r"complet\w*|finish\w*|go\s+through|pass\w*)", r"went\s+wrong", "rejected", r"messed\s+up",
        r"not\s+ready", r"fell\s+(?:over|through)", r"crashed", r"bad\s+ones", "unfinished",
    ),
    "again": (
        "again", r"once\s+more", r"another\s+(?:go|try|shot|chance|attempt|round|run)",
        r"one\s+more\s+(?:time|try|go|shot|chance|attempt)",
        r"(?:2nd|second|new)\s+(?:chance|try|attempt|run)",
        "anew", r"(?:start|do|all)\s+(?:\w+\s+){0,4}over(?!\s+\w)", r"over\s+again",
        r"retr(?:y|ies)", r"re-?run", r"redo", r"re-?generate",
    ),
    "more": ("more", "another", "additional", "extra", "further", "others?"),
    "like": (
        r"(?<!would )(?<!i )(?<!we )like", "similar", r"resembl\w+", r"variations?", r"variants?",
        r"versions?", "alternatives?", r"in\s+the\s+(?:same\s+)?(?:vein|spirit|manner)",
        r"based\s+on",
        "lookalikes?", r"same\s+(?:as|kind)", "vary", "takes?",
    ),
    "tagging": (r"(?:auto-?)?tag(?:s|ged|ging|ger)?", r"label(?:s|l?ed|l?ing)?", "marked"),
    "to_tag": (
        r"(?:all|everything|results?|images?|each)(?:\s+of\s+(?:it|them))?\s+(?:auto-?)?(?:tagged|"
        r"labell?ed)(?=\s*(?:$|[,.]|and\b))",
        r"(?:needs?|gets?|receives?)\s+(?:some\s+|their\s+)?(?:tags|labels|tagging)",
            r"(?:get|gets|receive|receives|need|needs|carry|have)\s+(?:the|"
            r"an?)\s+(?:\S+\s+)?(?:tags?|labels?)",
        r"(?:want|need|like|have)\s+(?:\w+\s+){1,3}(?:tagged|labell?ed)(?!\s+\w)",
        r"(?:be|get|gets|getting|got|want\s+\w+)\s+(?:auto-?)?(?:tagged|labell?ed|marked)",
    ),
    "untagged": (
        r"un-?(?:tagged|labell?ed)",
        r"not\s+(?:yet\s+|been\s+|been\s+yet\s+)?(?:tagged|labell?ed)(?:\s+yet)?",
        r"(?:without|no|missing|lack(?:s|ing)?|do\s+not\s+have|have\s+not\s+got|has\s+no|"
        r"have\s+no|never\s+got)"
        r"\s+(?:their\s+|its\s+|any\s+|a\s+|single\s+)?(?:tags?|labels?)(?:\s+yet)?",
        r"tag-?less", r"never\s+(?:been\s+)?(?:tagged|labell?ed)",
        r"not\s+have\s+(?:any\s+)?(?:tags?|labels?)",
        r"not\s+carry\s+(?:any\s+)?(?:tags?|labels?)",
        r"still\s+need(?:s|ing)?\s+(?:tags?|labels?)",
        r"yet\s+to\s+be\s+(?:tagged|labell?ed)",
        r"(?:nobody|no\s+one|none\s+of\s+us)\s+(?:has\s+|have\s+|had\s+|did\s+|ever\s+|yet\s+)*"
        r"(?:tag(?:ged)?|label(?:l?ed)?)(?:\s+yet)?",
    ),
    "preset": tuple(pattern for patterns in ENGINES.values() for pattern in patterns),
    "package": (
        r"packages?", r"packs?", r"bundles?", r"zips?(?:\s+files?)?", "archive", r"export(?:s|ed)?",
        "deliverables?", r"download(?:able|s)?", r"build",
    ),
    "list": (
        r"csv(?:\s+file)?", "spreadsheet", r"sheet", "excel", r"(?:asset\s+|item\s+)?list", "table",
        r"files?", "tsv", "rows?", "lines", r"attach(?:ed|ment|ments)?", "entries", "upload(?:ed)?",
    ),
    "images": (
        r"images?", r"pictures?", r"references?", "photos?", "samples?", "examples?", "artworks?",
        "screenshots?", "drawings?", "these", "those", "attached", "concepts?", "pieces",
    ),
    "batch": (r"batch(?:es)?", "job", "run", "order", "draft", "lot"),
    "anaphora": ("it", "them", "that", "this", "these", "those", "everything", "all", "results?"),
    "delete": (
        r"delet\w+", r"eras\w+", "wip(?:e|es|ing)", "purg(?:e|ing)", "destroy", "trash", "nuke",
        r"get\s+rid\s+of",
    ),
    "others": (
            r"(?:the\s+)?(?:other|another|different|neighbou?ring|rival|competing|"
            r"someone\s+else's|somebody\s+else's|"
        r"else's|other\s+people's|their|\w+'s)\s+(?:teams?|workspaces?|stud(?:io|ios)'?s?|"
        r"tenants?|customers?|"
        r"accounts?|compan(?:y|ies)'?s?|users?|groups?|departments?|projects?|clients?)",
        r"(?:team|workspace|tenant)\s+(?!style|look|is\b|has\b|needs?\b|wants?\b)(?:[a-z]|\d+)\b",
        r"(?:other|every|all)\s+(?:the\s+)?(?:teams?|workspaces?|tenants?)(?:'s|')?",
        r"(?:some(?:one|body)|any(?:one|body)|people)\s+else(?:'s)?", r"competitors?(?:'s|')?",
        r"across\s+(?:all\s+)?(?:teams|workspaces)",
    ),
    "injection": (
            r"(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|"
            r"my\s+)*(?:previous|prior|above|"
        r"earlier|instructions?|rules?|limits?|polic(?:y|ies)|guidelines?)", r"system\s+prompt",
        r"you\s+are\s+now\b", r"developer\s+mode", "jailbreak",
        r"approve\s+(?:it\s+)?(?:yourself|automatically)",
        r"(?:bypass|skip|circumvent)\s+(?:the\s+|any\s+)?(?:approvals?|budgets?|limits?|checks?)",
        r"(?:admin|root|owner)\s+(?:rights|mode|access|privileges)", r"api\s+keys?", "passwords?",
    ),
    "help": (
            r"what\s+(?:all\s+)?(?:can|could|do|are)\s+you(?:\s+(?:able|capable))?(?:\s+(?:to|"
            r"of))?\s+(?:actually\s+)?(?:do|doing|make|offer|help|for)\b.*",
        r"what\s+(?:can|could|should|do)\s+(?:i|we)\s+(?:do|ask|say|type|tell|use)\b.*",
        r"how\s+(?:do|does|can|should)\s+"
        r"(?:this|it|i|you|that|we)\s+(?:thing\s+|bot\s+|tool\s+)?(?:work|use|begin|get|start)\b.*",
        r"who\s+are\s+you",
        r"what\s+are\s+you", r"what\s+is\s+(?:this|assetql)", r"^\s*help(?:\s+me)?\s*[.!?]*\s*$",
        r"your\s+(?:features|capabilities|abilities|skills)",
        r"what\s+do\s+you\s+do", r"introduce\s+yourself",
        r"tell\s+me\s+(?:about\s+yourself|what\s+you)",
        r"are\s+you\s+(?:an?\s+)?(?:bot|ai|human|robot|claude|llm|model|real|chatgpt)",
        r"what\s+else\s+can",
        r"how\s+(?:can|could)\s+you\s+help", r"what\s+(?:would|can)\s+you\s+help",
        r"what\s+is\s+possible", r"need\s+(?:some\s+)?help\b", r"show\s+me\s+what\s+you\s+can",
    ),
    "greeting": (
        r"^\s*(?:hello|hi|hey|hiya|howdy|good\s+(?:morning|afternoon|evening|day)|greetings|yo|"
        r"moin)\b",),
    "thanks": (r"\b(?:thanks|thank\s+you|cheers|great\s+job|well\s+done|awesome|nice)\b",),
    "yes": (
            r"^(?:ok(?:ay)?|yes|yeah|yep|yup|sure|alright|all\s+right|fine|great|perfect|"
            r"looks?\s+(?:good|great|fine|right)|lgtm|"
        r"sounds?\s+(?:good|great|fine)|go\s+(?:ahead|for\s+it)|do\s+it|please\s+do|absolutely|"
        r"of\s+course|approved?|ready|"
        r"green\s+light|you\s+may|make\s+it\s+(?:so|happen)|that\s+is\s+(?:it|right|fine|good))\b",
        r"\b(?:go\s+ahead|go\s+for\s+it|do\s+it|make\s+it\s+(?:so|happen)|green\s+light)\b",
    ),
    "no": (r"^(?:no|nope|nah|not\s+now|not\s+yet|wait|hold\s+(?:on|off))\b",),
}  # fmt: skip


def words(patterns: "tuple[str, ...] | list[str]") -> re.Pattern[str]:
    """One pattern of alternatives that match whole words."""
    joined = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", re.IGNORECASE)


FILLER = rf"(?:(?:{'|'.join(sorted(FILLERS, key=len, reverse=True))})(?![\w-])[\s,]*)"
CONCEPT = {name: words(patterns) for name, patterns in CONCEPTS.items()}
HEAD = {name: words(patterns) for name, patterns in VERBS.items()}
_WANTING = (
    r"(?:put|set|stick|attach|give|apply|run)\s+(?:\w+\s+){0,2}(?:tags?|labels?|tagger)",
    r"(?:give|get|send|hand|show|bring|make)\s+(?:me|us)",
    r"(?:i|we)\s+(?:need|want|would\s+(?:like|love))",
    r"put\s+(?:it|them|that|this|everything|all|the\s+\w+)",
    r"add\s+(?:the|a|an|some)?\s*(?:qq\d+qq\s+)?tags?",
    r"turn\s+(?:it|them|that|this|everything|all|the\s+\w+)\s+into",
    r"have\s+(?:it|them|everything|the\s+\w+)",
    r"(?:there\s+)?(?:should|must|has\s+to)\s+be(?=\s+an?\b)",
    r"set\s+up", r"use\s+the", r"save\s+(?:it|them|this|that)", r"how\s+much",
    r"what\s+(?:would|will|does|is)",
    r"how\s+(?:is|are|far)", r"get\s+(?:it|them|everything|the\s+\w+)",
)  # fmt: skip
_OPENING = "|".join(
    [p for verb in VERBS if verb in OPENERS for p in VERBS[verb] if p not in NOUNS_TOO]
    + list(_WANTING)
)
NEGATION = (
    r"(?:do\s+not|without|never|no\s+need\s+to|not|hold\s+off(?:\s+on)?|wait\s+(?:with|before))"
)
OPENER = re.compile(rf"{FILLER}*(?:{NEGATION}\s+)?{FILLER}*(?:{_OPENING})(?![\w-])", re.IGNORECASE)
