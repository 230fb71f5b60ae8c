"""The base of known repairs in memory: what a text means, and which repairs are about that."""
