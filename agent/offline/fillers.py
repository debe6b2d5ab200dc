"""Words in front of a request that leave it the same."""

# What a clause starts with and what it does is the same as without.
FILLERS = (
    r"(?:would|could|can|will)\s+you\s+(?:please\s+|kindly\s+|perhaps\s+|maybe\s+|possibly\s+)*(?:be\s+(?:able|willing|so\s+kind|kind\s+enough|so\s+good)\s+(?:as\s+)?to)?",
    r"(?:i|we)\s+(?:should|would)\s+(?:really\s+|very\s+much\s+)?(?:like|love|prefer|appreciate)\s+to",
    r"(?:(?:i|we)\s+)?(?:want|need|wish|like|have)\s+to",
    r"(?:i|we)\s+(?:want|need|wish)(?=\s+(?:find|see|make|create|generate|export|start|stop|cancel|tag|search|add|put|show)\b)",
    r"no(?:[\s,]+no)*(?=[\s,]+(?:stop|cancel|abort|halt|kill)\b)",
    r"(?:when|once|after)\s+(?:you\s+)?(?:all\s+)?(?:finish|complete|done|ready)",
    r"(?:without|with\s+no)\s+(?:any\s+)?(?:delay|hesitation)", "immediately", "pronto", "directly",
    "dearest", r"pray(?:\s+tell)?", "cool", "nice", "awesome", "super",

    r"please\s+to", r"please\s+do(?=\s+\w+\s+(?:the|it|that|this|me|us|an?)\b)",
    r"(?:can|may|could)(?=\s+(?:start|begin|run|go|proceed|launch)\b)",
    r"after\s+(?:you\s+)?(?:finish(?:ed|ing)?|completion|done|it)", "thereafter", "lastly",
    r"(?:once|when|as\s+soon\s+as|after)\s+(?:(?:it|they|that|this|everything|all|those|the\s+\w+)\s+)?"
    r"(?:exists?|through|over|(?:is|are)\s+(?:through|over|there|made|in)|has\s+been\s+\w+)",
    r"(?:it|that|this|everything|all)\s+(?:is|looks?|seems?)\s+(?:in\s+order|good|fine|ok|okay|great|right|perfect|nice)",
    r"i\s+(?:am\s+)?(?:like|liked|love|loved)\s+(?:it|that|them)(?=\s*,)",
    "uh", "um", "oh", "ah", "anyway", "btw", "mate", "buddy", "gladly",

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
