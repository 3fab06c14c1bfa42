"""The monthly report of each camat: read, render, deliver."""
