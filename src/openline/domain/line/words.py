"""Words for reading a fingerprint aloud: 256 of them, one for each byte.

Two officers compare a party card over a telephone or across a table. The words
are common English nouns of two syllables or more, no two alike in their first
four letters or nearer than three letters to each other, so that a misheard
word is no other word of the list. They mean nothing and are no code. The order
is part of the specification: a word stands for its position.
"""

from typing import Final

_LIST = """
    accordion acrobat airport album almond amber anchor antenna
    apricot aquarium arrow artist asteroid atlas autumn avocado
    badger bakery balcony ballerina bamboo banana banjo barrel
    basket beaver bedroom bicycle biscuit blossom bonfire bottle
    bracelet bridge broccoli buffalo butterfly cabbage cactus calendar
    camera candle canyon caramel carpet cathedral cedar champion
    cherry chimney chocolate cinema cinnamon circus cobweb coconut
    compass cookie copper corridor cotton cricket crocodile crystal
    cucumber curtain cushion daisy dentist desert diamond dinosaur
    doctor dolphin domino donkey dragonfly duckling earring eclipse
    eggplant elbow elephant elevator emerald engine envelope equator
    factory family feather february festival fiddle finger firefly
    flamingo footprint forest fountain freezer furnace galaxy garlic
    gazelle giraffe glacier goldfish gondola guitar hammock harmonica
    harvest hazelnut hedgehog hexagon horizon hospital iceberg igloo
    index insect island ivory jaguar jelly jigsaw kangaroo
    kimono kingdom kitchen koala lagoon lantern laundry lavender
    lemon library lily limousine lobster magnet mammoth marathon
    marble meadow melody metro mirror molecule mosaic muffin
    mushroom mustard napkin needle notebook nutmeg oasis obelisk
    october olive omelette onion opera orange orchid origami
    ostrich oxygen palace pancake panther papaya paragraph peanut
    pelican pencil piano pigeon pillow pineapple pocket pony
    popcorn potato propeller pumpkin puzzle pyramid rabbit raccoon
    radish raincoat raspberry reindeer ribbon river robot saffron
    sailor salad sandwich sapphire sardine saxophone scissors scooter
    seagull seashell shuttle skeleton snowman sofa soprano spaghetti
    spider squirrel stadium sunflower swallow teapot telescope tennis
    thunder topaz tornado tourist tractor triangle trombone trumpet
    tulip turtle tuxedo umbrella unicorn universe vacuum valley
    vanilla vegetable velvet village vinegar violin volcano walnut
    wardrobe waterfall whisper window wizard zebra zeppelin zodiac
"""

WORDS: Final = tuple(_LIST.split())
"""In alphabetical order; the position, 0 to 255, is the byte."""


def words_of(data: bytes) -> list[str]:
    """One word for each byte, in order."""
    return [WORDS[byte] for byte in data]
