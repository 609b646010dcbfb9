def length(text: str) -> int:
    """Characters of a text as the form's limits count them: code points without white space."""
    return sum(not character.isspace() for character in text)
