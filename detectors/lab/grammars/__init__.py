"""What clients say where no pack is at hand: own-written grammars, in two halves of wording."""
