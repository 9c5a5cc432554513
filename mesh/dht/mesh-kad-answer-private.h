/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "dht/mesh-kad-query-private.h"

/* What the answers of peers, and what is known at home, bring to a query. */

/* Of a peer that is asked for nothing else. */
void mesh_kad_answer_take_providers (MeshKad *kad,
                                     MeshKadQuery *query,
                                     guint index,
                                     const MeshKadMessage *msg);

/* Takes in what the peer at @index of the query's lookup answered. */
void mesh_kad_answer_take (MeshKad *kad,
                           MeshKadQuery *query,
                           guint index,
                           const MeshKadMessage *msg);

/* What is known without asking anybody. */
void mesh_kad_answer_look_at_home (MeshKad *kad, MeshKadQuery *query);

/* See mesh_kad_report_provider(). May end and free the query. */
void mesh_kad_answer_report (MeshKad *kad,
                             MeshKadQuery *query,
                             const MeshPeerId *id,
                             gboolean works);
