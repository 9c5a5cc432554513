/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_LIST_SECTION (shoal_list_section_get_type ())
G_DECLARE_FINAL_TYPE (ShoalListSection, shoal_list_section, SHOAL, LIST_SECTION, AdwBin)

/*
 * A heading and below it a list view that looks like a card; hidden while the list is
 * empty. Properties: title, model (GListModel), factory. Signal: activated (GObject
 * item).
 */
