"""`answers` turns a question into quoted evidence or an honest refusal; nothing here talks to a model, a network or a chat."""
