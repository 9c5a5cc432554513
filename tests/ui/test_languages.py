#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A translated window: its words come from po/, and longer words still fit."""

from windowtest import WindowTest, main


class German(WindowTest):
    language = 'de'
    scenario = 'busy'
    size = (360, 1200)
    # libadwaita 1.2, when its switcher in the title has no room
    harmless = ('gtk_widget_size_allocate(): attempt to allocate',)

    def test_is_translated_and_fits(self):
        self.see('Bereit zum Anwenden', 'Anwenden', 'Installiert', 'Starten',
                 '1.0 MB von 34.2 MB geholt, 97 % schon hier', 'Bleibt bei 41.2')
        self.shot('german')
        for page in ('discover', 'transfers', 'network', 'apps'):
            self.activate('show-page', page)
        self.activate('show-app', 'org.example.Painter')
        self.see('Aktualisierung anwenden', 'Starten')
        self.assertLessEqual(self.tree.frames()[0].area()[2], 360)


if __name__ == '__main__':
    main()
