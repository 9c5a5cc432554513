/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_LIST_SECTION (shoal_list_section_get_type ())
G_DECLARE_FINAL_TYPE (ShoalListSection, shoal_list_section, SHOAL, LIST_SECTION, AdwBin)

/*
 * A heading and below it a list of rows that look like a card; hidden while the list is
 * empty. Properties: title, model (GListModel), row-type (GType of a widget),
 * item-property (name of the property of the row that takes the item, or its text if the
 * item is a GtkStringObject), label-property (name of a property of the item that a
 * screen reader says for the row; %NULL: its parts), is-activatable. Signal: activated
 * (GObject item).
 *
 * A GtkListBox, not a GtkListView: these lists are short, and GtkListView cuts rows whose
 * text wraps when several of them stand below each other in one scrolled window.
 */
