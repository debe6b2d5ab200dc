"""Lists of words."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _in_order(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# In a search these name nothing to look for.
STOP_WORDS = _words(
    """
    a an the all any every each some of for with and or in on at to from by as is are was were
    be been that which who what where we i you me us our my your they them these those this it
    its there here do does did have has had got get made make created generated create generate
    produced produce please now yet not just also so far show find search list look see asset
    assets item items icon icons image images picture pictures sprite sprites thing things stuff
    everything anything something ones one batch batches result results library collection can
    could would will let exist exists existing available only still up out new newest latest
    recent recently last week today yesterday month ever already about like named called
    workspace gallery graphics art files file whole entire complete current tagged tag tags
    label labels labelled contain contains containing matching match kind type sort style no
    without if pull display give into onto whatever whichever then each
    together should must shall go goes went belong belongs put need needs want wants like love can
    both again same them one two those kindly thanks over through during within past days
    day since until between more less than very really maybe currently presently there's held
    dwell dwells lurk lurks live lives reside resides hide hides sit sits own owned archive archives
    grab pieces piece stuff collect gather retrieve many
    finished done ready completed once carry carries carrying ought receive receives
    """
)

# These carry an intent, and are long enough to be told from others by one slip.
STEERING = _in_order(
    """
    generate generating create creating produce render design batch start launch begin status
    progress cancel retry failed export package bundle unity godot unreal android atlas
    spritesheet untagged tagged search style styles variations variation versions weapons
    potions everything estimate price another second third attached spreadsheet please without
    before similar
    """
)

# One slip away from a steering word, and words in their own right.
REAL_WORDS = _words(
    """
    lunch expert stare patch bath latch match hatch witch stale smart stark stat star pitch
    butch bench beach watch notch catch bundles packages creature creatures states stats prices
    prize pride prince exports renders designs creates generates launches starts batches potion
    weapon version begins began being searches retries stylus styled stylet statue statues
    rendered designed created generated started launched exported packaged bundled cancelled
    canceled priced estimated estimates attach
    """
)

# Verbs that are nouns too often to open a clause behind "and".
NOUNS_TOO = _words(
    """
    go any see set do get where which list mark flag drop have hand order put send base turn
    take plan queue add clear roll title name process filter view follow
    """
)

# From zero, and from twenty.
UNITS = _in_order(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
    """
)
TENS = _in_order("twenty thirty forty fifty sixty seventy eighty ninety")

# A pair of these is one thing.
PAIRED = _in_order(
    """
    boots gloves shoes curtains scissors glasses pants trousers jeans socks earrings wings gauntlets
    sandals slippers goggles binoculars pliers tongs shorts tights skis skates headphones handcuffs
    sunglasses spectacles greaves bracers mittens stockings leggings shears tweezers pyjamas
    sneakers horns antlers eyes overalls cufflinks chopsticks knickers stirrups drumsticks shades
    """
)
