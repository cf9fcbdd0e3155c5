"""Questions that go to a provider as files: gathered, sent, awaited, and matched with what comes back."""
