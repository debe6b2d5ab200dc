"""What a clause can hold besides its verb."""

from collections.abc import Mapping

from agent.offline.vocabulary import ENGINES, STYLE_WORDS

# Concept → what it looks like, anywhere in a clause.
CONCEPTS: Mapping[str, tuple[str, ...]] = {
    "price": (
        r"quotations?",
        r"come\s+to",
        r"how\s+many\s+(?:dollars?|euros?|credits?|bucks)",
        r"afford",
        r"spend(?=.*\?)",
        r"tariff",
        r"rates?(?=\s+for\b)",
        r"wallet",
        r"invoice",
        r"run\s+(?:me|us)(?=\s*\W*$)",
        "costs?", "pric(?:e|es|ed|ing)", "quotes?",
        r"how\s+much(?!\s+(?:left|remains?|has\s+been\s+done|is\s+(?:finished|ready)|longer|time|more|of|progress|is\s+(?:left|done|missing)))",
        r"how\s+(?:expensive|cheap)", "estimates?",
        "pay(?:ing)?", "charge[ds]?", "expensive", r"set\s+(?:me|us)\s+back", "budget",
        r"worth\s+of\s+money",
        "bill", "fee", "damage", r"what\s+(?:sum|amount)", r"how\s+much\s+money", "sum",
    ),
    "styles": (
        r"(?:all|every|each|any|which|what)\s+(?:of\s+)?(?:the\s+|our\s+)?(?:art\s+|visual\s+|saved\s+)?(?:styles?|looks|aesthetics)(?=\s+(?:(?:that|which)\s+)?(?:you|we|i|exist|are|have|has|is|do|did|got)\b|\s*\W*$)",
        r"(?:styles?|looks|aesthetics)\s+(?:on\s+(?:file|record|offer)|at\s+hand|in\s+store|available|saved|registered)",r"styles", r"style\s+profiles?", r"profiles",
    r"looks(?!\s+(?:like|good|great|fine|right|ok|nice|wrong|bad|as))", r"art\s+directions"),
    "style": STYLE_WORDS,
    "status": (
        r"how\s+much\s+(?:left|remains?|has\s+been\s+done|is\s+(?:finished|ready))",
        r"how\s+many\b.*\b(?:exist|are\s+there|by\s+now|already|have\s+you|got)\b",
        r"(?:what|which)\s+(?:portion|share|part|fraction|percentage|proportion)\b.*",
        r"tally",
        r"any\s+(?:movement|developments?|change|signs?|word)\b",
        r"(?:images?|batch|they|it|everything|pictures|assets|generation|run|job)\s+(?:(?:they|it|is|are|has|have|been|all|already|yet)\s+)*(?:finish(?:ed)?|done|ready|complete[d]?)\s*(?:yet|already|now|or\s+not)?\s*\?",
        r"how\s+(?:well\s+)?(?:far|soon)",
        r"brief\s+(?:me|us)",
        r"(?:still|yet)\s+(?:to\s+come|outstanding|to\s+go)",
        r"(?:bring|get|keep)\s+(?:me|us)\s+(?:up\s+to\s+(?:date|speed)|posted)",
        r"in\s+the\s+(?:works|oven|pipeline|queue)",
        r"(?:tell|give)\s+(?:me|us)\s+(?:the\s+)?(?:state|standing|count|score)\b.*",
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
        r"flop(?:s|ped)?",
        r"died",
        r"busted",
        r"bust",
        r"did\s+not\s+survive",
        r"blew\s+up",
        r"stumbled",
        r"botched",
        r"choked",
        r"gave\s+(?:an?\s+)?errors?",
        r"casualt(?:y|ies)",
        r"(?:went|gone|turned\s+out)\s+(?:bad|badly|awry|south)",
        r"missing\s+ones",
        r"unlucky",
        r"tripped",
        r"collapsed",
        r"bombed",
        r"fallen",
        r"go(?:es)?\s+wrong",
        r"fail(?:s|ed|ure|ures|ing)?", "broken", "broke", r"errors?", "errored", "unsuccessful",
        r"(?:did|do|does|have|has)\s+not\s+(?:work\w*|make\s+it|come\s+out|succeed\w*|render\w*|"
        r"turn\w*|"
        r"complet\w*|finish\w*|go\s+through|pass\w*)", r"went\s+wrong", "rejected", r"messed\s+up",
        r"not\s+ready", r"fell\s+(?:over|through)", r"crashed", r"bad\s+ones", "unfinished",
    ),
    "again": (
        r"another\s+\w+(?=\s+(?:at|to)\b)",
        r"(?:one\s+more|another)\s+(?:stab|crack|spin|pass|time|turn|push|whirl|bash)",
        r"(?:2nd|second)\s+(?:life|shot|round|go)",
        r"re-?attempt",
        r"a\s+fresh\s+(?:go|try|start|attempt)",
        r"afresh",
        r"rerun",
        r"from\s+scratch",
        "again", r"once\s+more", r"another\s+(?:go|try|shot|chance|attempt|round|run)",
        r"one\s+more\s+(?:time|try|go|shot|chance|attempt)",
        r"(?:2nd|second|new)\s+(?:chance|try|attempt|run)",
        "anew", r"(?:start|do|all)\s+(?:\w+\s+){0,4}over(?!\s+\w)", r"over\s+again",
        r"retr(?:y|ies)", r"re-?run", r"redo", r"re-?generate",
    ),
    "more": ("more", "another", "additional", "extra", "further", "others?"),
    "like": (
        r"siblings?",
        r"cousins?",
        r"relatives?",
        r"twins?",
        r"brothers?",
        r"sisters?",
        r"descendants?",
        r"offspring",
        r"companions?",
        r"kin",
        r"alike",
        r"akin",
        r"same\s+(?:style|manner|way)\s+as",
        r"in\s+(?:that|this|the\s+same|its)\s+(?:direction|manner|way|fashion|style)",
        r"spin-?offs?",
        r"clones?",
        r"remix(?:es)?",
        r"echo(?:es|ing)?",
        r"modell?ed\s+on",
        r"inspired\s+by",
        r"the\s+same",
        r"same\s*$",
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
        r"yet\s+to\s+(?:receive|get|be\s+given|have|carry|earn|wear)\s+(?:any\s+|an?\s+|their\s+|its\s+)?(?:first\s+)?(?:tags?|labels?)",
        r"(?:still\s+|yet\s+)?(?:lack|miss|await)(?:s|es|ing)?\s+(?:for\s+)?(?:any\s+|an?\s+|their\s+|its\s+|all\s+)?(?:tags?|labels?|tagging|labell?ing)",
        r"(?:bare|devoid|free|empty)\s+of\s+(?:any\s+|all\s+)?(?:tags?|labels?)",
        r"(?:without|no|not)\s+(?:a\s+|any\s+|one\s+|been\s+)*(?:single\s+)?(?:tags?|labels?|tagging)",
        r"(?:tag|label)[\s-]?free",
        r"nobody\s+has\s+(?:yet\s+)?(?:tagged|labell?ed)",
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
        r"(?:describe|explain|outline|list|tell\s+(?:me|us)(?:\s+about)?)\s+(?:to\s+(?:me|us)\s+)?(?:your|what\s+you)\b.*",
        r"(?:which|what)\s+(?:sorts?|kinds?|types?)\s+of\s+(?:jobs?|tasks?|work|things|requests?)\b.*",
        r"of\s+what\s+use\s+are\s+you",
        r"what\s+(?:is|are)\s+(?:this|you)\b.*\bfor",
        r"(?:which|what)\s+(?:functions?|features?|commands?|abilities)\b.*",
        r"what\s+is\s+your\s+(?:purpose|job|role|function)\b.*",
        r"what\s+are\s+you\s+(?:good\s+for|able\s+to\s+do)\b.*",
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
