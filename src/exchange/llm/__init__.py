"""The one seam to models: `ask` fixes the order of every call, the other files make one attempt each."""
