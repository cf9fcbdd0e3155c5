"""Names that mean something else in most texts, and the words beside which they mean the gene after all."""

_ENGLISH = """
    aah abs ace ache act ado afar afro aft ago ahas aid aim air airs aka alas alba alien all alp amid amigo amp amps
    amt ankh ant ape apex apps apt arc arch aria ark arm armadillo armer arms arse art arts asap ash ask asp aspic
    asps ass ate atopy aura axil bach bad bah bal bank bap bar bars bas base bash bat bean bed best bet bey bid bike
    bis bit bite blame blast boat bob bod bog boll bomb boo bop bops bora bpi brag bric bright cab cables cad cage
    cal call calla calm cam camel cameo camp can cap cape caped caper capon capos caps car cardinal cark carp cars
    cart cash cask cast cat cats cease cell cert cha chad champ chasm chat chime chimp chip chit chm chop chops cig
    cinema cir cis cit clam clamp clan clap clasp clip clock clove coaster cob coco cocoa cod coda coil coma comp
    cop cope cord corf costars cot cox cpd cpl crag cram cramp crash crept crest crop cryptic ctr cypher dag damage
    dams dan dance danger dapper dbl dear deepest def deft delta dents dicer dieter dine ding dip diva dob doors dos
    dpi dpt dragon dram dream dreg duet duh dullard duo ears eat edict eek ego elf elk elks ell end enrage era eras
    erg erk err esp est eta exodus exp ext fab face fact fad fads fah fame fan fas fast fat fate fats feat fer
    feta fez fiat fib fig find fir fire fish fix flame flap flash flattop fleer flip flower flt flu foe fog fop for
    fps frap freq fritz fruitless fry fur fuse gab gad gads gal gala gale gap gars gas gasp gem gen genesis gilt git
    glob glut gnat goat goofy gospel gov grab grail grasp great gremlin grid gridlock grip gripe grit grog gulp gum
    gust had hang hank hap hare harp has hash hast hat headpin heed held hells hep hes hex hey hid hies hint hip his
    hod hole homeobox homer hop hops hos hot hots hrs hub hunk hype ice iceberg idol ids ilk imp impact incl inf inn
    int iota iris ism itch its jab jam jamb jerky jet jun karma ken kepi kia kid killer kin kit lab lac lacs lad lag
    lam lama lamp lams lap lard large lark lat lax led lei lets liar lib light lime lip lit lobe lox lust lyric mach
    macs mad mag magmas mail mall mam mana map mar mare mark mars mart mas mask mass mast mat mater matt max med meg
    meh melt memo men mes met mfr mgr mica mice minichain mink minor mint miss mist mix mks mob molt mop mos mot
    mover mpg mtg mud mule musk mustang muted mystique nag nags nail nan nap neap nest net nets nip nix nod nodal
    nope nos not nuance nude numb nut oaf oar oasis oat oboe obs odd oga oms ops opt oracle orca out oval pace pacer
    pact pad pah pal pallid palm palp pals pan panda pander pang panky pap papa papas par pars particle pasha past
    pate pct pdf peas pee pen pent pep peps per peri perk pesky phi php pick picot pigs pike pilot pin pinch pins
    pint pinto pion pip pippin pis pit pitchfork pkg plat plod poem pol pole poll pols polymerase pomp posh posher
    potage pox ppr prat prep pres prey prof pros protease proteinase prune pry puma punisher purl race rad raga
    rage rags rah rain ram ramp ran rank rap ray red ref reg rel rest rhino rick riff rifle rig rim rip rod sac sacs
    sag sage sang sans sap saps sari sat scad scald scamp scamper scar sch scot scraps scurvy sea secret sect sell
    sen sens serrate sesame set shank sharp she ship shot sim simple sin sink sip sis sit ski skip sky slack slam
    slap slat slick slim slimmer slug sly smile snail snap snark snip soc sod soft solo son soul spa spam spartan
    spasm spat spatial spice spin splash spot spring spurt stamp star staring stars stat std stellar step sting
    stop strap stud sty sup swan swap sync taco tactile tag tam tango tank tap taps tar tarp tarps tars task tat tau
    taut tax tbs tech ted tel temp temps thank theta tic tie tied til timeless tip tog toll tom top topi tor toss
    trad trade trail traits tram tramp trance trap treacle trek trident trim trio trip troy truss tsp tub tuba tube
    tug tuna tweak twist type umps unkempt ups van vars verge via viii visa wad warp wars warts was wash wasp wave
    whim whims whip wire wish wisp wiz xor yap yea yes yeti yrs zap zeta zip
"""
ENGLISH = frozenset(_ENGLISH.split())
"""The symbols and synonyms of human genes that are English words, in small letters."""
_ABBREVIATIONS = """
    ACL ACLS ACS AIDS AIM AIS ANOVA API ART ASD AST ATP BMD BMI CBD CIMT COPD CPAP CPR CSF CSS DOI EEG EFS ELISA EU FAC
    FDA FDG FEV GCS GFR GPE HCC HDL HIV HTML ICD ICER ICH ICU IVF LAD LDL LLM MMR MRI NACT NHS OPLL PCI PCR PCT PDF PET
    PMC PMID PMS PPROM QOL RCT SAH SCD SPECT STD TNM URL USA UTI WHO ADL III AND NOT FOR THE
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Abbreviations of medicine, statistics and the web that are names of genes too."""
CUES = """
    allele alleles antibody cDNA deficiency deletion enzyme expression gene genes genotype haplotype inhibitor isoform
    kinase knockdown knockout locus mRNA mutant mutants mutation mutations overexpression polymorphism promoter protein
    proteins receptor receptors siRNA transcript transcripts variant variants
"""
CUES_BEFORE = ("gene", "genes", "protein", "enzyme", "mRNA", "transcript", "locus", "symbol")
CUES_OF = (*CUES.split(), "levels", "loss")
"""Words before `of` or `in` and the name: mutations in REST, loss of CAT."""
NO_CUE = r"genes? (?:therap|transfer|deliver|replac)"
"""What a gene is spoken of for whose name is not the one before it, but that of a vector."""
