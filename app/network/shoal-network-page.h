/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_NETWORK_PAGE (shoal_network_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalNetworkPage, shoal_network_page, SHOAL, NETWORK_PAGE, AdwBin)

/* The list begins with so many peers, and shows as many more when asked to. */
#define SHOAL_NETWORK_PAGE_ROWS 50

/*
 * The page of the network: the mesh as a picture or as a list, how it is found, and our
 * own id and addresses. Properties: client, view ("picture" or "list").
 */
