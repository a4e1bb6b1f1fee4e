"""Pairs of sentences that mean the same in other words, written for this project: a set to rank embedders by.

Pairs share as few words as English allows. It is small and by one author: it ranks, and is no claim about accuracy.
"""

PAIRS = (
    ("How do I get red wine out of a white tablecloth?", "Removing a burgundy stain from pale linen"),
    ("My laptop will not switch on any more", "The notebook computer no longer starts when I press the button"),
    ("What is the fastest way to learn Spanish?", "Tips for quickly picking up a foreign language such as Castilian"),
    ("Write a poem about autumn leaves", "Compose verses on foliage in the fall"),
    ("Sort a list of numbers in Python", "Order an array of integers with a script"),
    ("Why is the sky blue?", "Explain the colour of the heavens by daylight"),
    ("Best vegetarian lasagne", "A recipe for layered pasta without meat"),
    ("My tooth aches when I drink something cold", "Sharp pain in a molar from iced beverages"),
    ("Can dogs eat chocolate?", "Is cocoa poisonous to a puppy?"),
    ("How much tax do I owe as a freelancer?", "Income levies for self-employed people"),
    ("The bank charged my card twice", "A duplicate payment shows on the statement of my account"),
    ("Plan three days in Rome", "An itinerary for a long weekend in the Italian capital"),
    ("Who won the football world cup in 1998?", "The soccer champion at the tournament in France"),
    ("I feel sad and cannot sleep", "Insomnia and depression keep me awake at night"),
    ("Solve the quadratic equation for x", "Find the roots of a polynomial of degree two"),
    ("Draft a letter to resign from my job", "Write to the boss that I am quitting my position"),
    ("How do vaccines protect us?", "Immunisation trains the body's defences against disease"),
    ("Cheap flights to Tokyo in March", "Low-cost airline tickets to Japan next spring"),
    ("Fix a leaking kitchen tap", "Repair a dripping faucet above the sink"),
    ("Explain how a neural network learns", "Backpropagation adjusts the weights of a deep model"),
    ("Reset a forgotten password", "I lost my login and need new credentials"),
    ("What causes earthquakes?", "Tectonic plates slip and the ground shakes"),
    ("Translate this contract into German", "A version of the legal agreement in Deutsch, please"),
    ("Grow tomatoes on a balcony", "Planting vegetables in pots on the terrace"),
    ("How old is the universe?", "Years since the big bang, according to cosmologists"),
    ("Teach a child to ride a bicycle", "My daughter is learning to cycle without stabilisers"),
    ("Interest rates on mortgages", "What borrowing costs when you buy a house"),
    ("A bedtime story about a dragon", "Tell a fairy tale of a fire-breathing monster for kids to fall asleep to"),
    ("Query a database for the newest orders", "Select the latest purchases from an SQL table"),
    ("Headache after staring at a screen", "Migraine from too much time in front of the monitor"),
    ("The parcel never arrived", "My delivery was lost in the post"),
    ("Arguments against the death penalty", "Why capital punishment ought to be abolished"),
)
