"""Everything that is stored, as a folder of files that other tools read and that `exchange import` takes in again."""
