"""The sentences that made pages and claims consist of. None names a gene or a disease by itself."""

BOILERPLATE = (
    "It is an important component in the neurobiology of neurodegenerative diseases.",
    "This page provides detailed information about its structure, function, and role in disease processes.",
    "Understanding it may open new avenues for gene therapy in neurodegeneration.",
)
NEUTRAL = (
    "Glia keep the space around synapses free of what firing leaves behind.",
    "Most studies so far have looked at cultured cells alone.",
    "The barrier between blood and brain holds back large molecules.",
    "In old animals the response begins later and lasts longer.",
    "How far this holds in people is not known.",
    "Axons depend on a steady supply from the cell body.",
    "Two groups repeated the finding with other methods.",
    "Samples were taken at three times and frozen at once.",
    "Damage to membranes calls nearby cells to the place.",
    "The effect was small, and the spread between animals large.",
    "Waste is carried away along vessels during sleep.",
    "A diet rich in fat changed the outcome in one laboratory only.",
    "Recovery took weeks, and was seldom complete.",
    "Neurons that fire much need more energy than their neighbours.",
    "Reviews disagree on what comes first.",
    "Long-term data are missing for most of these questions.",
)
MENTIONS = (
    "Levels of {} rose within hours of the injury.",
    "{} was found at the rim of most lesions.",
    "Without {} the cells did not recover.",
    "Animals that lacked {} were slower in the maze.",
    "The strongest signal in the screen came from {}.",
    "Microglia near the plaques were rich in {}, and poor in lipid.",
    "An antibody against {} slowed the loss of synapses.",
    "The change was carried by {} (see the table).",
)
IN_CONTEXT = (
    "Expression of the {0} gene fell with age.",
    "The {0} protein binds to open chromatin in neurons.",
    "In the same cells {0} mRNA was halved.",
    "Two families carry mutations in {0}, with a mild course.",
)
OUT_OF_CONTEXT = (
    "The {0} trial enrolled 212 patients at nine centres.",
    "What the authors call {1} is another matter.",
    "It is common to {1}, or to be asked to {1}, after such a visit.",
    "The notice at the door said {0} in large letters.",
)
CLAIMS = (
    ("Raising {0} protects neurons", "Raising {0} in astrocytes protects the neurons beside them in {1}."),
    ("Lowering {0} slows decline", "Lowering {0} in microglia slows decline in {1}."),
    ("{0} holds back inflammation", "{0} holds back inflammatory signals of glia in {1}."),
    ("Blocking {0} restores clearance", "Blocking {0} restores the clearance of debris in {1}."),
)
# Symbols that are English words, taken in turn by both halves.
WORDS = (
    "IMPACT", "REST", "CAT", "SET", "CLOCK", "KIT", "MAX", "NODAL", "TANK", "NUMB", "ITCH", "CASK",
    "TRIO", "LARGE", "FRY", "GRASP", "COMP", "MICE", "HUNK", "PALM", "FUSE", "COPE", "WIZ", "PRUNE",
)  # fmt: skip
