"""Workers who answer from a truth file, through the API, as people's browsers do."""
