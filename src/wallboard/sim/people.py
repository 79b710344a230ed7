"""Names and numbers of people who do not exist.

Numbers come from the ranges that regulators keep free for fiction where there is such a range.
"""

from __future__ import annotations

import random

Person = tuple[str, str]
"""(number, name); either may be empty."""


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


_FIRST = _words(
    "Aaliyah Ada Aiko Alejandra Amara Amir Ana Anders Anneliese Arjun Aylin Babajide Beatriz Bo Carmen Chen Chidi",
    "Clara Dagny Dalia Davit Deepa Eero Efua Eilidh Elif Emeka Esra Fatima Finn Freja Gabriel Gita Goran Hana",
    "Haruki Hassan Ilse Imani Ines Ivo Jamila Jia Joao Jonas Kaito Katarzyna Khadija Kofi Lakshmi Lars Leila Lin",
    "Ludmila Mads Maja Malik Mateo Mei Mira Nadia Naveen Ngozi Niamh Noor Oksana Olu Omar Paloma Petra Priya",
    "Quentin Rania Ravi Rosa Saoirse Selma Sefa Sina Sofia Soren Tala Tariq Tomasz Uma Valentina Viktor Wanjiru",
    "Xiomara Yara Yusuf Zofia",
)
_LAST = _words(
    "Abara Achebe Alvarez Andersson Aydin Banerjee Becker Bergstrom Brandt Castro Chaudhry Costa Dahl Demir",
    "Diallo Dubois Eriksen Farouk Fischer Fontaine Garcia Gebre Gupta Haddad Hansen Hoang Ibrahim Ivanova Iyer",
    "Jansen Jensen Kaya Keller Khan Kim Kowalski Kovac Larsen Laurent Lindqvist Lopez Maier Mbeki Mensah Moreau",
    "Murphy Nakamura Nguyen Nilsen Novak Nyberg O'Brien Okafor Oliveira Ostrowski Park Patel Pereira Petrov Quist",
    "Rahman Reyes Rossi Sand Santos Sato Schmitt Silva Singh Sokolov Suzuki Takahashi Tanaka Torres Usman Vogel",
    "Wagner Wang Weber Yildiz Zhang Zimmermann",
)
_FIRMS = (
    "Acme Tools",
    "Bakery Sommer",
    "Café Zoé",
    "Clinic am Park",
    "Dachbau Öztürk & Söhne",
    "Harbour Logistics",
    "Kanzlei Dr. Maier",
    "Lumen Energy",
    "Northwind Traders",
    "Pharmacy Krone",
    "Praxis Lindqvist",
    "Taxi 7x7",
    "日本橋商店",
)
_RANGES = ("+493023125###", "+44770090####", "+120255501##", "+4684650042#", "+6149157####", "+37410555###")
_RANGES_MORE = ("+331990#####", "+353209#####", "+3120794####", "+43158058####")


def outside_number(rng: random.Random) -> str:
    """An E.164 number outside the PBX."""
    pattern = rng.choice(_RANGES + _RANGES_MORE)
    return "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in pattern)


def staff(rng: random.Random, size: int) -> list[str]:
    """Names of people who work somewhere; two may share one."""
    return [f"{rng.choice(_FIRST)} {rng.choice(_LAST)}" for _ in range(size)]


def crowd(rng: random.Random, size: int) -> list[Person]:
    """People who call: most with number and name, some without a name, some anonymous."""
    people: list[Person] = []
    for _ in range(size):
        chance = rng.random()
        number = outside_number(rng)
        if chance < 0.05:
            people.append(("anonymous", ""))
        elif chance < 0.07:
            people.append(("", ""))
        elif chance < 0.37:
            people.append((number, ""))
        elif chance < 0.47:
            people.append((number, rng.choice(_FIRMS)))
        else:
            people.append((number, f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"))
    return people
