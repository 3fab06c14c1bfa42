"""Small servers of real protocols on 127.0.0.1, each for one test."""
