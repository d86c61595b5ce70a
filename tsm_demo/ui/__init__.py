"""The only library code that imports streamlit."""
