"""First and last names of the sample's people, by where their organization is at home."""

_ENGLISH = (
    "Alice Ben Carol Daniel Emma Frank Grace Harry Imogen Jack Kate Liam Megan Nathan Olivia Peter"
    " Quinn Rachel Samuel Tessa Victor Wendy Zoe Aaron Bethany Callum Deborah Edward Faye Gordon",
    "Abbott Baker Carter Dawson Ellis Foster Gibson Hughes Irving Jennings Knight Lawson Mercer"
    " Norris Osborne Parker Quigley Russell Stanton Turner Underwood Vaughan Watkins Yates Barlow"
    " Chambers Drake Fletcher Granger Holloway Kendrick Langley Marlow Newton",
)
_GERMAN = (
    "Anna Bernd Claudia Dieter Eva Florian Gisela Hannes Ilka Jens Katja Lukas Monika Niklas Olga"
    " Paul Renate Stefan Tanja Uwe Verena Wolfgang Yvonne Ayşe Mehmet Jürgen Käthe Sören",
    "Albrecht Becker Claasen Dietrich Ebert Fuchs Geiger Hoffmann Issel Jahn Keller Lorenz Möller"
    " Neumann Oswald Pohl Reimann Schäfer Thiele Ulrich Voß Weiß Yıldız Zimmer Kurz Brückner Groß",
)
_NORDIC = (
    "Bjørn Cecilie Dag Elin Fredrik Greta Håkon Ida Jonas Karin Lars Maja Nils Oda Per Ragna"
    " Sven Tuva Ulf Vilde Øyvind Åsa Eirik Freja Gustav Hilda Ivar Johanna Kjell",
    "Andersson Berg Claesson Dahl Eriksen Falk Grönlund Hansen Isaksen Knutsen Lund Moberg"
    " Nygård Olsen Persson Qvist Rask Sandberg Thorsen Ulvestad Viklund Westby Ödegaard Ågren",
)
_IBERIAN = (
    "Alba Bruno Carmen Diego Elena Francisco Gloria Hugo Inés Javier Leonor Miguel Nuria Pilar"
    " Rafael Sara Tomás Ximena Beatriz Joana Tiago Rosa Andrés Marta Gonzalo",
    "Aguilar Benítez Castro Domínguez Esteban Fuentes Gallego Herrera Iglesias Jiménez Molina"
    " Navarro Ortega Pascual Quintana Romero Serrano Torres Vidal Zamora Correia Fonseca Peña",
)
_ELSEWHERE = (
    "Aisha Chen Deepa Emre Fatima Giulia Hiro Isabelle Jamal Kenji Leïla Mei Nikos Olena Quoc"
    " Ravi Sanjay Thandi Umar Valeria Wanjiru Yuki Zofia Camille Antoine Noémie Arun Siew Faisal",
    "Adeyemi Bianchi Chatterjee Dubois Evangelou Fernando Garnier Haddad Ivanova Kowalski"
    " Lefèvre Mwangi Nakamura Okonkwo Papadakis Rahman Suzuki Tran Usman Verma Wong Yamada Zhang"
    " Moreau Girard Perrin Subramaniam Lim Khoury",
)


def _of(*sets: tuple[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, last = (tuple(" ".join(words[place] for words in sets).split()) for place in (0, 1))
    return first, last


NAMES = {
    "english": _of(_ENGLISH),
    "german": _of(_GERMAN),
    "nordic": _of(_NORDIC),
    "iberian": _of(_IBERIAN),
    "mixed": _of(_ENGLISH, _GERMAN, _NORDIC, _IBERIAN, _ELSEWHERE),
}
"""First and last names."""
