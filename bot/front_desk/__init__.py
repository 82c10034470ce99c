"""`front_desk` answers what people ask in a chat, by the table of commands and their rights; no platform is known here, and nothing is decided that the parts behind it decide."""
