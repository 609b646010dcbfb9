"""Tables from Excel: what each kind of table holds, how its rows are judged, and how they are written."""
