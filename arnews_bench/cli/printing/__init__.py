"""What became of a publication, in the terminal; `report` shows what needs no Hub."""
