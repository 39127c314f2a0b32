"""Standards of others that goods are labelled by: GS1 element strings and Digital Links."""
