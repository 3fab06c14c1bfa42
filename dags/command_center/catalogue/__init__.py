"""The catalogue that officials read: what data the city has, what they mean, where they come from and where they are shown."""
