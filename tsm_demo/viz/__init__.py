"""Numbers to Plotly figures and images."""
