"""Prior shares of news articles holding a common French word form (estimates by hand)."""

WORDS = {
    0.50: """de la le et les des en un du une que est pour qui dans par plus au sur pas il ne ce
    se sont avec son cette mais ont été sa ou on comme aux être elle fait ces tout deux""",
    0.20: """ses leur leurs était bien aussi même faire dont ans si sans ils nous je vous peut
    après où encore entre avait très lors avoir tous trois millions euros france français
    française pays gouvernement président ainsi depuis contre sous selon avant premier première
    années année temps jour monde personnes autres autre cela alors non moins donc doit fois
    notamment déjà toujours quand quelques soit dit explique toute toutes car pendant vers chez
    jours mois grand grande fin part ville peu beaucoup jusqu aujourd hui lui ici rien faut va ça
    partie place lieu cas nombre groupe hier mardi mercredi jeudi vendredi lundi samedi dimanche
    plusieurs nouvelle nouveau nouveaux moment heures dernière dernier afin cours elles me mon ma
    qu aurait étaient avaient sera seront""",
    0.10: """janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    quatre cinq six sept huit neuf dix cent mille milliards million dollars heure minutes semaine
    semaines soir matin nuit midi homme femme hommes femmes enfants côté point vue cadre travers
    face suite cause grâce effet fond niveau début milieu ensemble centre reste mise mis prendre
    pris prend donner donné donne dire affirmé déclaré annoncé indiqué expliqué ajouté souligné
    estime assure affirme rappelle précise précisé rapport source sources agence afp presse
    télévision journal médias voir vu savoir sait trouver trouve aller venir vient venu passer
    passé passe mettre met rester tenir permettre permet pouvoir peuvent pourrait devrait doivent
    devait fallait veut veulent vouloir voulu pu dû eu fut furent faisait font ait soient serait
    seraient auraient sommes avons avez suis ai étant ayant eux celui celle ceux celles quel
    quelle quoi chaque certains certaines certain aucun aucune tant tel telle tels mêmes plutôt
    surtout seulement presque environ près loin ailleurs souvent jamais parfois maintenant
    ensuite puis enfin bientôt désormais pourtant cependant toutefois puisque lorsque parce quant
    malgré sauf hors parmi dès vraiment trop assez mieux meilleur meilleure bon bonne bons bonnes
    petit petite petits petites grands grandes gros haut haute jeune jeunes vieux important
    importante importants possible difficile général générale social sociale sociaux seul seule
    dernières derniers premières premiers second deuxième troisième nos notre votre vos""",
    0.05: """enfant famille père mère fils fille vie mort morts police policiers justice tribunal
    procureur enquête politique ministre parti élection élections présidentielle candidat état
    états unis union européenne européen europe paris national nationale international
    internationale internationaux public publique publics ministère maire député députés
    assemblée loi projet projets droit droits question questions problème problèmes situation
    crise guerre sécurité entreprise entreprises société marché prix emploi travail travailleurs
    salariés économie économique croissance hausse baisse chiffre taux argent budget dépenses
    banque directeur patron responsable responsables membres équipe match club saison joueurs
    joueur entraîneur victoire coupe championnat points tour finale jeu jeux film musique livre
    histoire région maison rue route école élèves étudiants université hôpital santé service
    services eau mer sud nord ouest""",
    0.02: """accord accords action actions activité activités actuel actuelle actuellement
    affaire affaires africain afrique aide aider air allemagne allemand allemande américain
    américaine américains ami amis ancien ancienne anciens appel appelle arrêt arrivée arrivé
    arriver armée arme armes attaque attaques attentat attentats attendre attend attente
    attention augmentation auprès auteur autorités avocat avenir avis bas base bataille beau
    belle besoin besoins blessés blessé bord bout bras britannique but buts campagne capital
    capitale carrière centaine centaines certainement chance changement chaîne charge chef chefs
    chercher chine chinois choix chose choses chômage cinéma citoyens coup client clients code
    collectivités combat commencé commence comment commerce commission commune communes
    communauté communiqué compagnie compte comptes concert concours condition conditions
    conférence confiance conseil conseiller consommateurs construction contact contexte contrat
    contrôle corps couple cour courant course coût coûts création créer créé culture culturel
    culturelle débat décidé décision décisions déclaration défense délégation demande demandé
    demander demain départ département développement développer dieu différents différentes
    difficultés direct direction directement discours dizaine dizaines dossier double élu élus
    emplois énergie engagement enseignants entendre entendu entrée époque équipes erreur espace
    espagne espère espoir esprit événement événements évidemment exemple expérience exposition
    facile façon faible familles fédération fête feu final finances financement financier
    financière financiers fonction fonctionnaires fonds football force forces forme formation
    fort forte forts franchement frère frontière futur gagné gagner garde gauche droite gens
    gestion grève groupes habitants idée idées image images immigration impôt impôts incendie
    industrie industriel information informations initiative institutions intérêt intérieur
    internet intervention investissement investissements israël italie japon japonais jeunesse
    joué jouer journaliste journalistes jugé juge juste kilomètres km langue large libre liberté
    ligne lignes liste livres local locale locaux logement logements long longue longtemps
    londres lutte lyon machine main mains maintien majorité maladie malade malheureusement
    manière manifestation manifestants manque marche marseille matière mauvaise mauvais médecin
    médecins meilleurs menace mener mesure mesures mètres militaire militaires mission mode
    modèle modifier mondial mondiale montant montre montrer moyen moyenne moyens municipal
    municipale musée nationaux nature naturel nécessaire nom noms nombreux nombreuses nommé
    normal nouvelles objectif objet occasion œuvre œuvres officiel officielle offre opération
    opérations opposition ordre organisation organisations organisé origine ouvert ouverture paix
    papier parents parc parlement parler parlé parle parole participation participer parties
    partir partis partenaires passage peine pensent pense penser perdu perdre période permis
    personne personnel perspective peuple peur photo photos pied plainte plan plans plupart poids
    politiques pont population populaire port porte porter poste postes poursuit pouvoirs
    pratique précédent préfecture prépare présence présent présente présenté présenter présidence
    pression preuve prévu principal principale prison privé privée procès processus prochain
    prochaine prochaines production produit produits professionnel professionnels programme
    progrès proposé propose proposition propositions propre propres protection province qualité
    quartier quartiers quitter quitté raison raisons rapidement rappel réaction réalisé réalité
    recherche recherches reçu recevoir record réduction réduire réforme réformes refus refusé
    regard régime régional régionale régions règles relations religion remis rencontre rencontrer
    rendre rendu rentrée réponse répondre représentants république réseau réseaux résultat
    résultats retour retraite retrouver retrouvé réunion réussi révélé risque risques rôle rouge
    russe russie salle sang sénat sens sentiment septième série sérieux seuls siècle siège signé
    simple site sites socialiste socialistes soixante soldats soleil solution solutions sorte
    sortie sortir soutien spectacle sport sportif stade station stratégie style succès suisse
    suivi sujet supplémentaires sûr syndicats système table taille tard technique téléphone
    témoin témoins tenu terme termes terrain territoire terre terrorisme terroriste test tête
    texte théâtre titre ton tombé tournée tradition traitement train transport transports trente
    tribune troupes trouvé tué tués tournoi type usine utilisation utiliser valeur valeurs vendu
    vente ventes véhicule véhicules vérité veille version victime victimes vidéo vieille vif
    village villes vin vingt violence violences visite vite vivre vivent voie voilà voisins
    voiture voitures voix vol volonté vote voté voyage vrai zone zones""",
    0.01: """abandon absence accès accident accueil accueillir accusé acheter achat acteur
    acteurs administration adopté adresse adversaire agents agricole agriculteurs aéroport alcool
    alerte animaux anglais anglaise anniversaire annonce annonces appartement applique apporter
    apprendre approche arabe arabes argument arrestation arrêté art artiste artistes aspect
    association associations assurance assurer attaquant atteint atteindre auteurs autonomie
    autorité avance avantage avion avions bâtiment bâtiments bénéfice bénéficier bleu blanc
    blanche bourse boulevard brésil bruit bruxelles bureau cabinet calme caméra canada cancer
    caractère carte cartes catholique célèbre cellule centrale cerveau chaleur chambre champ
    champion changer chanson chanteur chanteuse charges château chaud cherche cheval chiffres
    chinoise choc choisi chômeurs chute ciel circulation cité civil civils classe classement
    climat climatique cœur collaboration collection collège collègues colère combien comité
    commandes commerçants commerciale communication compétition complètement complexe
    comportement composé compris concerne concernant concernés conclusion concurrence condamné
    condamnation conduite conflit connaissance connaître connu conséquences conservateur
    consommation constitution contenu continue continuer contraire contribution convaincre
    coopération copie corruption corse côte couleur couleurs couloir coupable couper courage
    couverture crédit crime crimes critique critiques croire croit cuisine danger dangereux danse
    date dégâts délai demandes démocratie démocratique démission dépassé déplacement députée
    derrière descendre descente désir dessous dessus destruction dette détenu détenus devant
    devenir devenu deviennent dialogue différence différent dimension diplomatique directrice
    dirigé dirigeants discussion discussions disparu disponible dispositif dispose distance
    distribution divers diverses document documents domaine domicile dommage données doute douze
    drame drogue durable durée durant dure éducation effectifs effectué efforts effort égalité
    également église élevé élevée élément éléments éliminé émission emmené empêcher employés
    enjeu enjeux ennemi enquêteurs enregistré entretien environnement envoyé équilibre équipement
    espaces espagnol essentiel estimé établi établissement établissements étape étranger
    étrangers étrangères étude études évolution examen exécution exceptionnel existe existence
    experts expert explications explosion exprimer extérieur extrême fabrication facilement
    facteur faim faits familial familiale favori favorable ferme fermeture fermé festival fiscale
    fleurs fleuve foi folle fondateur fonctionnement footballeur forêt formule fourni foule frais
    franc francs frères froid fusion garantie garçon gare gaz gendarmes gendarmerie génération
    genre geste glace gouvernements goût grandir gratuit grave graves grec grèce guide habitude
    hausses hélas héros historique hiver honneur hôtel huile humain humaine humains humanitaire
    hypothèse île identité illégale imagine imaginer immédiatement immeuble immobilier impact
    importance impossible impression incident inconnu inde indépendance indice individus
    inflation influence infrastructures inquiétude installation installé installations institut
    intelligence interdiction interdit intéressant interrogé intervenir interview introduction
    inviter invité irak iran islam israélien italien italienne jardin joie judiciaire juifs jury
    kilomètre laisser laissé lancé lancement lancer langage leader lecture législatives lendemain
    lettre lettres lever liban libération liens lien limite limites lire littérature lit logique
    lourd lourde lumière lune lycée magasin magasins magistrat magnifique maîtrise malades
    manifestations marge mari mariage marketing marques marque masse matches matériel maroc
    mécanisme médaille médical mémoire menaces mensuel mentale message métier métiers météo
    mesuré meurtre migrants milliers minimum minute misère moderne modeste montagne montée moral
    mot mots moteur mouvement mouvements municipalité musical musulmans naissance natation
    nations né née négociations neige net niche noël noir noire noter nucléaire numéro numérique
    objectifs obligation observateurs obtenu obtenir offrir opinion opposé or ordinateur
    organiser organisateurs orientation oublié oublier ouvrir ouvriers page pain palais panne
    pape parcours pareil parisien parisienne parquet partage participants participé passagers
    passion patients patrimoine patrons pauvres pauvreté payer paysage peinture pensée
    performance permettra perte pertes pétrole peuples philosophie phase phénomène physique pièce
    pièces pierre piste plage planète plein pleine pluie podium poisson pollution portable
    portrait position positive possibilité potentiel poursuivre poussé pousser précision préfet
    présidente pressions prestations prévention prévisions prévoit principe priorité prise
    prisonniers privés procédure proche proches producteurs professeur professeurs profit
    profondeur promesse promotion proportion propos propriétaire propriétaires protéger
    psychologique publication publicité publié publiques punition quarantaine quête quinze
    quotidien race radio rappelé rare rares rassemblement réalisateur réaliser récemment récent
    récente réception reconnaissance reconnu reconnaître recours recrutement réel réelle
    référence réfugiés regarder regrette relation remporté remplacer renforcer repas réparation
    reportage repos repris reprise requête résidence résistance respect respecter responsabilité
    responsabilités restaurant restaurants résulte retard retenu retirer retrait revanche revenir
    revenu revenus revient rêve révolution riche riches rivière roi roman royaume rugby rumeurs
    rythme sac saint saisi salaire salaires sanctions sauver scène scènes scientifique
    scientifiques scolaire scrutin séance secondes secret secrétaire secteur secteurs seize
    séjour sélection semble semblent seniors sentence séparation serveur seuil sévère sexe
    sexuelle signe signature silence simplement singulier situé solidarité somme sommet sondage
    songe sort souffre souhaite souhaitent soumis soupçons sourire soutenir souvenir souvenirs
    spécial spéciale spécialiste spécialistes spectateurs stage statut structure structures
    substance suffit suivant suivre sujets supérieur supporters suppression surface surprise
    surveillance survie suspect symbole syndicat syrie tableau talent tandis tapis tarif tarifs
    taxe technologie technologies télé témoignage tempête température températures tendance
    tensions tentative tenter tenté tests textes thème théorie tirs tirer tiré titres toit tombe
    tonnes tort total totale totalement touche touché tourisme touristes tourner tragédie trafic
    trajet tranquille travaille travailler travaux traverser trouvent tunnel turquie tuer ukraine
    unique unité urbain urgence urgences usage utile utilisé vacances vague vainqueur vaste
    vendre venant vent verdict vert verts vice victoires vidéos visiteurs visage virus vision
    vitesse volontaires voleurs votants""",
}
