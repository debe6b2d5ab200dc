"""The playground: a page in the browser, mounted beside the API."""

import os

# Gradio and its hub client read these when they are imported: nothing here talks to the outside.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
