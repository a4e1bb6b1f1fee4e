"""Words and sentences of our own, from which the lab's clients speak: grammars, so that text never runs out."""

from random import Random
from typing import Final

DOMAINS: Final = {
    "baking": "sourdough starter|rye flour|oven stone|puff pastry|choux|proofing basket|custard|caramel|yeast|icing",
    "astronomy": "neutron star|eclipse|meteor shower|telescope mirror|red giant|orbit of Mars|comet tail",
    "law": "rental contract|small claims court|trade mark|liability waiver|power of attorney|notice period",
    "sailing": "spinnaker|tidal chart|mooring line|keel|reefing|harbour pilot|depth sounder|knot|storm jib|lee shore",
    "medicine": "insulin pump|migraine|tendon injury|blood pressure|vaccine schedule|sleep apnoea|anaemia",
    "databases": "index scan|foreign key|write-ahead log|deadlock|query plan|replica lag|view|partition|transaction",
    "python": "generator|decorator|dictionary|context manager|type hint|recursion|file handle|unit test|queue|regex",
    "gardening": "compost heap|tomato blight|pruning shears|rose graft|raised bed|slug trap|leaf mould",
    "finance": "index fund|mortgage rate|currency hedge|bond ladder|cash flow|tax bracket|dividend|invoice|annuity",
    "history": "Hanseatic League|printing press|grain tax|silk road|treaty port|guild|canal boom|census of 1801|siege",
    "music": "fugue|minor scale|bass clarinet|time signature|string quartet|synthesiser patch|chorus|metronome",
    "travel": "night train|visa form|ferry pass|mountain hut|lost luggage|tram ticket|city walk|hostel|customs rule",
    "physics": "pendulum|heat pump|magnetic field|prism|superconductor|drag coefficient|half-life|standing wave",
    "biology": "mitochondrion|lichen|enzyme|coral reef|gene drive|bat migration|fungal spore|kidney|photosynthesis",
    "sport": "marathon plan|offside rule|climbing grade|serve|rowing stroke|rest day|penalty kick|relay|warm-up",
    "office": "quarterly report|meeting minutes|onboarding guide|job advert|budget sheet|holiday request|status mail",
    "building": "roof truss|damp wall|floor joist|window seal|heat loss|scaffold permit|brick bond|plaster|gutter",
    "linguistics": "vowel shift|loan word|dialect map|relative clause|tone language|idiom|grammatical case|pidgin",
    "chemistry": "titration|catalyst|noble gas|polymer|pH buffer|redox pair|crystal lattice|distillate|isotope",
    "logistics": "pallet label|cold chain|route plan|customs hold|container yard|last mile|stock count|loading dock",
}  # fmt: skip
THINGS: Final = tuple((domain, thing) for domain, things in DOMAINS.items() for thing in things.split("|"))
_TRAITS = (
    "old|small|broken|cheap|portable|reliable|seasonal|noisy|modern|northern|shared|heavy|transparent|fragile|"
    "popular|second-hand|experimental|local|temporary|narrow|expensive|flexible|wooden|underrated|regional|"
    "compact"
)
TRAITS: Final = tuple(_TRAITS.split("|"))
_PEOPLE = (
    "teacher|nurse|retired engineer|student of design|father of two|shop owner|beekeeper|translator|"
    "bus driver|choir leader|apprentice|city planner|novelist|farmer|lab technician|museum guide|goalkeeper|"
    "accountant|sculptor"
)
PEOPLE: Final = tuple(_PEOPLE.split("|"))
_PLACES = (
    "Aarhus|Bergen|Cork|Dresden|Évora|Ghent|Hull|Kaunas|Linz|Malmö|Nantes|Oulu|Porto|Quito|Riga|Siena|Tartu|"
    "Utrecht|Vigo|Wrocław|Zadar|Busan|Cusco|Hobart|Pune"
)
PLACES: Final = tuple(_PLACES.split("|"))
_VERBS = (
    "improves|limits|replaces|resembles|delays|depends on|influences|protects|precedes|weakens|contains|"
    "supports|contradicts|doubles|simplifies|outlasts|requires|hides"
)
VERBS: Final = tuple(_VERBS.split("|"))
_QUESTIONS = (
    "What is a {t} and why does it matter in {d}?|How does a {a} {t} differ from a {t2}?|"
    "My {t} is {a}, what should I do?|Can you compare {t} and {t2} for a {p}?|"
    "Why would a {p} in {c} care about a {t}?|Is it safe to use a {a} {t}?|"
    "I need help with a {t}. Where do I begin?|Which {t} would you pick for {c}, and why?|"
    "Explain the {t} to a {p}.|Write a short poem about a {a} {t}.|Draft an email to a {p} about the {t}.|"
    "List five facts about the {t} in {d}.|What went wrong with the {t} in {c}?|"
    "Give me a plan to learn {d}, starting with the {t}.|Who first used a {t}?|"
    "How much does a {a} {t} cost in {c}?|Tell me a story where a {p} finds a {a} {t}.|Does a {t} {v} a {t2}?|"
    "When should one avoid a {t}?|Summarise what is known about the {t} and the {t2}.|"
    "Could a {t} ever replace a {t2}?|Suggest names for a {d} club in {c}.|"
    "Fix the wording: 'the {t} {v} a {a} {t2}'.|Any tips on the {t}? I am a {p}.|"
    "Plan a weekend in {c} for a {p} who loves {d}.|Rank {t}, {t2} and anything alike by effort.|"
    "Debug my {t}, it is {a}.|Turn these notes on the {t} into a paragraph.|What do people in {c} call a {t}?|"
    "Invent a quiz on {d}."
)
QUESTIONS: Final = tuple(_QUESTIONS.split("|"))
_FOLLOW_UPS = (
    "Thanks! And what about the {t}?|Can you make that shorter?|I do not follow the part on the {t}.|"
    "Why is that?|Give an example from {c}.|OK, but mine is {a}.|And if I were a {p}?|"
    "Rewrite it more politely.|Is the {t2} any better?|Continue.|"
    "That did not work, the {t} still {v} the {t2}.|Great, now add a table.|Are you sure?|In German, please.|"
    "What would it cost?|Could you check the second point again?|Hm, I meant the {a} one.|Perfect, thank you."
)
FOLLOW_UPS: Final = tuple(_FOLLOW_UPS.split("|"))


def fill(rng: Random, form: str) -> str:
    """Fill the blanks of a form: {t} {t2} things, {d} domain, {a} trait, {p} person, {c} city, {v} verb."""
    domain, thing = rng.choice(THINGS)
    return form.format(
        t=thing,
        t2=rng.choice(THINGS)[1],
        d=domain,
        a=rng.choice(TRAITS),
        p=rng.choice(PEOPLE),
        c=rng.choice(PLACES),
        v=rng.choice(VERBS),
    )


def question(rng: Random) -> str:
    """Return a question that a person might open a conversation with."""
    return fill(rng, rng.choice(QUESTIONS))


def follow_up(rng: Random) -> str:
    """Return what a person might say next."""
    return fill(rng, rng.choice(FOLLOW_UPS))


def sentence(rng: Random) -> str:
    """Return a plain statement with a figure or a reason in it."""
    forms = (
        "The {a} {t} {v} the {t2}",
        "In {c}, every {p} knows that a {t} {v} a {a} {t2}",
        "A {t} {v} most of {d}, although the {a} one does not",
        "Since the {t} {v} the {t2}, a {p} from {c} keeps it {a}",
    )
    return f"{fill(rng, rng.choice(forms))}, about {rng.randint(2, 990)} times in {rng.randint(2, 60)} weeks."


def passage(rng: Random, sentences: int) -> str:
    """Return a paragraph of that many statements."""
    return " ".join(sentence(rng) for _ in range(sentences))
