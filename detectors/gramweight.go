package detectors

import "sync"

// How common a gram is decides which part of a literal the filter looks for: the rarer, the seldomer it stops.

// gramWeight tells how rare a gram of four bytes is in text: by its rank among the most common ones, and beyond these by
// its pairs of bytes.
func gramWeight(gram string) int {
	ranks := gramRanks()
	if i := ranks.find(gram); ranks.keys[i] != 0 {
		return int(ranks.ranks[i])
	}
	w := len(commonGrams)
	for i := 1; i < len(gram); i++ {
		w += pairWeight(gram[i-1], gram[i])
	}
	return w
}

// gramTable holds the ranks of the most common grams: open addressing, three quarters empty.
type gramTable struct {
	keys  [1 << 13]uint32
	ranks [1 << 13]uint16
}

// find returns where a gram is, or the empty place it would take.
func (t *gramTable) find(gram string) uint32 {
	key := t.key(gram)
	for i := key * gramPrime >> 19; ; i = (i + 1) % uint32(len(t.keys)) {
		if t.keys[i] == key || t.keys[i] == 0 {
			return i
		}
	}
}

func (t *gramTable) key(gram string) uint32 {
	_ = gram[gramSize-1]
	return uint32(lowerByte(gram[0])) | uint32(lowerByte(gram[1]))<<8 | uint32(lowerByte(gram[2]))<<16 | uint32(lowerByte(gram[3]))<<24
}

var gramRanks = sync.OnceValue(func() *gramTable {
	t := &gramTable{}
	for i := 0; i < len(commonGrams); i += gramSize {
		at := t.find(commonGrams[i:])
		t.keys[at], t.ranks[at] = t.key(commonGrams[i:]), uint16(i/gramSize)
	}
	return t
})

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// pairWeight is the digit of a pair.
func pairWeight(a, b byte) int {
	digit := pairWeights[a&31|a>>1&32][b&31|b>>1&32]
	if digit >= 'a' {
		return int(digit-'a') + 10
	}
	return int(digit - '0')
}

// commonGrams lists the 2,400 most common grams of 140 MB of source, configuration and prose in some thirty languages, in
// lower case, the most common first.
const commonGrams = "tionturneturretu0000funcaaaatypeuinttestnamering----stritrinerrorrorvalualuefilecall0x00timeatiobyte" +
	"datactiointeconsnternt64int6statthisportmentonstsizeconthttpablereadcodecasepathlockwithtingffffithu" +
	"nt32x000int3giththubcommtrueionsline.comsionuseraddrwritointangelistthatservtextstruflagritefromallo" +
	"comptrucructconfloadpackpoin....mpletptrsignintpntptentsptioform.errttpsalsetherfalscom/scalervewant" +
	"licerequs://onfitps:ps:/atchargsackablocaderstinatedsys_llocrangontechecauthhub.unctheckasseparainde" +
	"eratsertnfigientestiountnctiinstboolinfosyscversresedingpectighteadeselfoundieldyscarepolienexpeclie" +
	"kageckagmporb.coing.starytesmaskevenresulagsduleicatndexub.cectiscricounokenlue:rintimpoconnfielbase" +
	"emennodemoduodultatexpecfsetssersultcesstokeesulprinersiequeoverstermandoffsreatternredirateffseomma" +
	"headventourcint1soururcejectlengvalinullalidbuilmmansafestor.typaramenerrsiotatielselinkcreauntiarse" +
	"quesentieatelectappependspecuestrvermatcparsnstatartnt16tracrighcatingthengternachan====archuildrepl" +
	"tackgenelocantimhandcateedisctedruntoptiprotaultdatefaulsingt.erypesormastacunsatablerrnnsafecterrno" +
	"amplinitripttorecripmakeouldpassress.gittentbackrorfandlrespjsonvoidrentefau.adddefaelemmodeneralass" +
	"charratilibcclascopybjecndlemberencoxintlemeame:rect_urlallefloaingsauxiloatncodtivemethuxinrmatctor" +
	"0x10racequalsagemainaccezerocondefinafe./apiensepresdefiiter0x80procbitsppenstanregie.polateicenetho" +
	"ntexiste0x43spon.poiequacensapi.espoobjethodhereramefineelf.entroper.getwordplicattr://amovdrnalrypt" +
	"crypmallcloscketllow.newint8rotoachepoliccesfe.pibc_tempatalactihashonnedirenumbeposmd64amd6grounnec" +
	"essaest.ectopi.gonlyi.gishouhoulng.t//apnectumbeonsentenall.ntinbreaitio_getreakion.eferworklongirec" +
	"ancestreurnsfataningime.failponsusedfferhavesyncexamumennvaloutpxampdescnextslicgistlosetputinvathor" +
	"uthocachexprturessioeseteconigneutpuwill.fatargedentwhen.conssag0001terslimiestsimitfmt.sockothemess" +
	"foun000aatestargarenimpltreaultiarraprofprefcludpareatusemptpdattainnputinpuceptent_tatuthen0x81ent." +
	"tter.namublirouphostmustselelicapeciexecificbodyrootaticlastpublessiinclelecthrelangtranygiteditpygi" +
	"issuexte//gofaceocalintfnclunoneifietial/repernequerignassue0xccgnedleteescr_trahang0x20ilesrtedocat" +
	"moveortenstrile.markopenegisest_vokeestrordentryinvoevalevelcurretereserremoprivresoors.updasenttory" +
	".arg0xffatorludesersasswblicconvirstfirsabelenamlabewaitddreuery/pygnabl.auxcertneedsplirnedt.faream" +
	"buffnvoksworterfurre_conluesfreeheap/go:htmlequirefisswoencerder.setmultocketifiswitpaniramprecoally" +
	"ontis_urize_suppontatramhub/quirplitrrenype_olinhiftshif0008anic_setmovwrfacitchdeburrayuirereg_efix" +
	"ompa_staom/ragesuffeebugpropopamntaiforepamdafteftererfaeforult:dismontrmpolract.possmod_int/gitames" +
	"0x40keysstemmptyexpospanertiransssa.pes.ampoplatdreswitcismo.resvaripositinudeledersficaystelevelowe" +
	"estaagicarg_systrieshichwhicscheodinhreastyltylesubsuppoackepporiona_addroutinedaturativethex001pos/" +
	"eachnitienabitemntrocodi_namallbllbaewrilbacm/rergetowerapplarguert_gumergumeply1000rivaositendifere" +
	"leaslderopyrortspartloc_yrigpyriariaskipecrerityperaproginueundepageiptirand.wrievexommehis.eren000c" +
	"ivatametscannlinion:ticaion_pinvteraspacecur.valrocemmenlingpacedecogicarorseletrounoke.stenatterved" +
	"everched.strxtenausedlertermaskevateendetoolule_ermiframdict://geciftalftribviceemovctxtplacngs.clus" +
	".regomplemaionalnverocesghtsat64mete.proxporustenal/movqlaceicagainseseninar/usemplawinda.opdoeslook" +
	"usinonvedefeect.tinealizimessectze_tobj.hingfindpostoat6sendskedate_sa.odonesecoesterenaeaseaddarams" +
	"_typollo.staassi_proempltallinesicalidendownhell.usetrolndindarginale.cobefo0x11goveath.lterved.ibut" +
	"ributantpermrestofilprovindinoteshalasteoerrkingndermetarewrbledmiss_strtomiers/setssettecodimeoindo" +
	"d64vitteentanoerlust0xa0exisxistfollget_helpquotcifi.modmailcret0040issiettiexitertynsigloopter_into" +
	"ver.shar0x01atomnarymemoompivernsitiizatmpilddarppli.intescavert.orgzatirececlealize0x03ctivsecuhors" +
	"refendowfiederedorigomicesoucagignalthanstal//giunsiolumpinging_.reatancexceass=causodesepor0xe3rnoe" +
	".parsecremortric_keyrsharofi-stytatsll.eentestramorynospmparinlimergarshd-steoututinthrothinnticervi" +
	"moremati0x33cannommimmitckerknowrnamlledsametconratople.ditiitiaosplmarssomebsd-pileuratolleom/uorg/" +
	"notilatiiledstopsd-sarticordscapfiltkindedat_errllerigurvide_vallogimeoux004andspallarglaileizeoaddi" +
	"allssavefig.suresymbrsermbolymbofiguiginelloiablgth:0x18zeofmasttectlean0x14glencapelignrtif0x13ate." +
	"doutaligplemrelele.ces.tannocolul.er0010eldsatinlumnntegrencrefl0x44roviprevbinaent-eplaecuthookints" +
	"eparidatembesamptcheype:ift_ilteicesleft0x83cribdeclolicired0x420002diff0x82veriitev0x12pprosyntdcon" +
	"efleecorx100_fil0x16tocodomaiatederrter.ertexecum/usglobitesttinynamexpiv.aunon-ons.eleaflecildeible" +
	"earcxpirsimdistromaioriteapasessotocrtypxcepncryscopextrribeterrovidtch:ignoanneuctiiststeva_useects" +
	"javarvic.uincopeprecrm64outichilstmtyntaruneergengleder.mipstoinapalhildepresearlessautossig.htm.pri" +
	"_regriabys_srglegoro.expast.destocolrevityp.arm6ondiusespushccepivererife_adckedeceis.netes.f000rope" +
	"bounadinater.clostdoookultip2000okupext.ialiandaceiv.funnforjoinpaddinatorrepc64essestdetree0x30coll" +
	"0x15ules0x19fullgetsppc6succcuri0xd9buteset_erallikesortsidentaxwherine_disainsetrieode_.runtdouv.re" +
	"0x1fcolot32xizedyptoarg0e_re_sizetricorrndenntatttp:rconthoutualuritect__nonatel.hasmutaisti/intt64x" +
	"opar64vp0x1bmovvlarglicytraiasm:x250chemoadenatiingluntengesall_nserx800rackflownownttrinnoteadyacqu" +
	"imagwvalp://nmeninin.loganalssin0x17ultsutheruletp:/rigistedeiveits._comxtramedi.len_argeginincepire" +
	"arednewvlive0x85kerncorelenaase.v.arviewpattntiamageparm0x1cpandimermetrepatgiveewvanoreitorlidart_e" +
	"benchori.0.0outex400cove0x28sabltends.coocksutatkeepensifini0x88age.ggeronceoginucceoughhentaseseger" +
	"ntriaccodminenchaliaowinang.lua_pheritho0xe0cgo_odernneradmiaint.sizilentagsgnorediategeivenrunn_tim" +
	"lias0x1erelaa000ort_roduinttrelojustmodisiblargvv_0.endpdisc0x1acastmathx200ttypslotvecters.ted__pat" +
	"ref=hrefvisiata-0x1dtiplitlesprixfffmovbblesmprefinagetp.opapletpipecheseptit.cooducreprrogrecom_res" +
	"2500wings.tytereprodmovlilernexp_maxhoutdynahareomprpert0xbapperconct64_reg:lowiepenandonttondefesto" +
	"s.redowsead_namitnamepliopcockinrealwrapsiocgolasolv0x84ttoine_atoauhertubscbscrodifipv6goriompoaler" +
	"icketxt.oauxchinorizbecaliteactetodo.datyournatuooki0x89_repmutexa00rminecauser.cent.froelocppinsinc" +
	"_reaotiftailalsoolve_tesestcsmal.filexpanted000dncat.locsumedocung.oesolame=encr_forgnat/sysocumorou" +
	"at32cumegingtderoat3ndedipheccoucursoptsciphdepelityutilb.ne-typrallelimnnineadsoautsistxpanproxt_re" +
	"tioc0x24amicdlinonenithmalre.patata_t_eqhethlicireas0x9fciallepa./..feat_sigreacwhet.offamed_equype." +
	"1234ken.lushasynoldeflust.prabi.0xd8hortericelpedispshorlper-conunex.asspollancholankey_ing:putsogle" +
	"dist/../_linhunkotalurne0x31ming../.e.usuotebuf.whiltitlekeyarg2ata..cal/issrifyunloersetorsv.pohile" +
	"entlritheatut.inommubuckv.adutesraphtstatvalgrapisab0x02theso.mogramvailegatavairegsusag0xc9hmarommo" +
	"totadpoichunogratforltin8000nentnneletimode.marysetusuffgion0x32ilep.to.uckeegiolabllreauffiff000x29" +
	"er.cchma0x460x08.symolor1010pconecke0x86ock_fpricrednlocveryminindpo0xbfscon0x99incr.sprecksmt.sdete" +
	"trunatarndicgooggetc0101remanchmbegiooglilitretrserit.sphodsssedmmons.stxpreeck.etrelue0cook.blobasi" +
	"eclariscunmaant:go.mnts.persainihemau000nditokieutexanguqueuess_edirtint0xce/cometypror_canc_courive" +
	"rnelttimueueloggisio_uinetadcquellecctertemsremeranchannnkno_evehrowiffex512lf._jacqmittpairp.tox813" +
	"t.loub/pbel_rickecia0x38unit0x05expllearodedhardnet.g.oralgovcvtiscvadatunkning/redes390stictorirote" +
	"ipleponeockadmass_sesiteures.reparathara0x0fvmov.goofiereptrddedhis-runcmapp0x06tstrnnamyingduceer32" +
	"0xe5tinarialanti_alloadiwaysfect_toknsiochai_imptkeyaracperf0x87asicaddstenvategloba390xe_cobc_sulat" +
	"verarevego:nadderoxysitoholdobalted.o.reoresid_tplesraryppedime_hainrageo:noaila_parr32.steaowneusto" +
	"sues0xc0atabidthoublechounixwidtser364moive:.outame.rawsincoand_ypedinuxchal.loansteintlrtinsequsys." +
	"erreeadiutiozmzmlinuooks0x41ndomllenffixyloaagencuststomace.heserecvs_gecrostead4movdumplue=ingeffec" +
	"lgoravatetaimmutile_ilab0x04icitotat0xe1dlt_0x34regetdatededodeledenke.uoto_.fpr.appmt.fotecivedelat" +
	"quenncelntitubledevikasmrom.caledoubckastsdnsofter.sc_inaylo0x8ataskwarerolloredfixe.netompu0x35tada" +
	"0x37strcalwa2233onan0xcdt.fp_datesizemalgaterainion/manarows/cod_inflicklainodatgestacksplaiails0xb3" +
	"cturforcssib_preb/pyndartampctua0x36eadlberscom.biliervamstrumermembsernerfltequ.buf.heastamcmd/gete" +
	"theytworvatalconasm1_lengettmputlwaypaylrval23373720brannatsory_nguadead3372mzmzloonerrissesd512ossi" +
	"teleoong9223avx5log.vx51gatimplitensrford128erwi7203plexemit0x45simpguraitineedecona4000.equdencestd" +
	"endsllin0x21asonepromovh.joiror:t_co.ver0.0._notanagansprlenstcohallgreswnerncesnts_miteuagemotetfie" +
	"ts_ung64librong6hist0x23nagecmd_ats_guagiocg_0.agoarntlnwiseistoiousiocsnginble.64_owere_lisndife.go" +
	"s.adt_in4_op0xf0quevteliuev6rchis/py_dyniderage_genttandnmarerin2036show_inirt_d_rec.indock.////pute" +
	"3685p.fr0018mitspullonsirrec5477proj_flagetribra.bytsuchular8547ctlyminaegex68544775t16xtpro/con0xe6" +
	"orksperi0368fact//sy0xb9tickdwarroleeall.b160x27jemanloainellega77587580gainutf-pv6_possappi.linlf.a" +
	"nfo.themeaso0xe7xtereastbrarials9999enumgost0x0ainetromsrred2345_memel32owed_attdetarongble_eriaelin" +
	"mockrranclarerfolonetlencycld256c_reswaptf-8mespactuaine.secaces0x39cardnetwblob0xb5_dir.sigipprcute" +
	"sfornothptedesperg0:0xbcr.res_reendoitherkerncreest-agaiercov_1.newpkaddmax_etwoiresorceposeunnires." +
	".nodginaabaseranfoldntifuginencygo:c0x3atiestityttenmadd:cgoemotv.opgo_iizero:cgackgondsrojeevicnet/" +
	"newrout.ordsc_vaiscoys_gante0x94mmargotowcone_inojec_sechighquic_instaba.fordiategorkey:_vermost_ind"

// pairWeights holds 1.5 times -log2 of the share of each pair of bytes in the same text, rounded; a digit of base 36
// each. Bytes are numbered by all bits but the one for case.
var pairWeights = [64]string{
	"5fdhghggejehjghfbeghgihjiiekgcilgcdceddfechheeddeiccbeeeegicggkg",
	"fklmlnnnkmlmmnnmmmnonoonnoooogonmlnmnlmnlmnnnonnnnnmmnoonmonooon",
	"flhlkkmmlggmdlkkkklmlmmlnnflmnkokijijiijiimljjjkjnihijjllnnmjhon",
	"gllhmnmnmmlnnonnnnolmmmmnnoonoollmnnklmmnlppmpoooloonloploonnool",
	"gmmmlnmmknnonnmnilmnmonnlnnpoppollnlmlmmlmonlmnnlolllooomoploppn",
	"imnmmnnonnnnonnpnomoopnoonppoooplooojmnnnmppooppnlnjoojpnpnnoppn",
	"hnmkmnimmmmnnmnnmnnnonnnonoonnoonmmmnmnnmmpomnnommmmmoonnpnpopoo",
	"inlnmonmnjkoinmmnnopoonoomlmoooonlnlmlmmmnoomnnnmoljjnnomopnllno",
	"ikgmkljjjfinnmnnjjmmnnmonmmpoppnlhigihhkjhmliiiihmhfgihkhlmjmpol",
	"dmgnknlmjacmflhehmnnnononnjfmnoolhhgihgjkelljhiihleggkfjillfkemi",
	"bllinomnk9dnnklekmmnnonomnnoloookjkjjjgklinnlllliokihljmnnokmgpn",
	"hnmnnmmnnmljnnnollnnnononopnnlppnnonmmnnnmoomonnnoonmonooppomopp",
	"9mhnknmnondoonnnklmnoonponpppqpqnmnlmmnomnponnknnommmompnoponpqp",
	"hmmnmnnnooknnfnpkiklllnnmmpmnlhqnkkjkkllmknnkllkknkjjmmlnonpnopp",
	"gnjnmnnmklfnnofjijkmmlmnlnopnpopmgigighhihllhihhgmhggijjlnnoknpl",
	"dmlmklnnokgooolclkmnmnlnloopopnkoikjkkkiljlmkkljinjijkllmmomnmol",
	"eljmnnmmjhgmekhlbghghiiihijjnnoomijjjjinllonmnnomnomnnoobnnofhpk",
	"fmjnnoonkhhmfmimfgghhhgiiijlmoonkjjjjjionloommoonomnnnmoooomjipj",
	"gnknoponiihogminghihihiihijmoononkkkkjjonmonmnnomoomlnnoloomkjpk",
	"hnlnonnnmkiognknhifiijiiiiknnpopokkkkkkonoooonoonoooooooppppjlqm",
	"gmkmmpooijhogmkohjiiiijijjjnopoolkkkkkknmnonmlnononlmmkoloomlkqk",
	"hnlooooonljoholoiijjjiijjjkopqppnkkklklpooooooopnoooooooopoqllqo",
	"holooplnjkjohnlmjjijejjjjjkopppqolkkkkkonnoonnoonmonmnoolponllqk",
	"inmnpokommkphnmojjijjjjjjjkppqpooklkkkkooopomopooponnpppopoqmmqn",
	"hmlmnonnkkiogmlnhijjjjijjjjoppponkkkkkkolnoomnopnoonnnopmppollpl",
	"inmomplonmkohonoijjjjjjjjikoppponkkkkkkomnoooooonloonoooooopmmpn",
	"cnhomnoomogopopillmmmmopopkqpeqpnmmlmmlnnmoomolompnmmnopppqmmlpo",
	"gmmooomopneppmppnppppqoppqpnnppqoopnoooponppopppopoonpoppqqqompo",
	"imnnmoopnoopnmpionooppoqoqpqkllpolnlnmmpmmppmoopmpnlkononpqqoqqp",
	"bninmmomopmqnnoomkmnnnnooppqogjoonononnonopqoomonponmnopoppnnqoo",
	"gnmnoomomninmpmpopppppqppqoolllqnmomnmlonnqpnnnompnmnooppppoooqo",
	"jmnnloopoolqppppoppqqqqqppmpppppnpqqnoppooqqpqqqoppppqoqpqqqopqp",
	"ilkjmnnnllkoknmlmnnoopppllooooppjlnmnmnnlmmomnoolpmmlnnpnkpnmmpn",
	"fmkknoomljjmhkijjjkkkkkkkkknnmlondfedihfkglhceclfkcdcfhihhllllmi",
	"hnkmooonlhknilgjjjkkjkkjkkkoooopmgjhjfjllginflmgkmhilgnmlfnmlnqk",
	"emkmnoonhjknhlhlijjkkkjkkkjnnmopndjgjejjehnefhkcjkghdhjmkknnlkph",
	"cmhmkoolhhhmgkhkkjjkkkiljkilolmonfiifcjklemmhjjfjkggjhkkjinllkpg",
	"bmgnnmnjfgfmfifjihjjkkkkkkfjljknmehddgffkhlkeecifgbccjggegmjkiof",
	"dnknnnomgjjnhlijijjkkkkkkkknnlooofkjigellenngiiejnghhfnmmknmikqj",
	"fnjooppmhjjoimhklllmmnmonnjnomnpoiljlekjhfonikhfkmhgiilmnmmlnlqh",
	"fkjjoknmjhkjkijkmlmmoonomljnpmmnnelkkclllfnnkkmfkmijghnlnmnnnmpj",
	"hmllnlnnmikkklillmmmnomonminonmpohheefdflklkdeadgmgdcmgmingpokql",
	"jmnnpoppononnnlonoopooppopppppqqpjmnminnmmnmnmoknmninkolnnoqpnqo",
	"gmlnooonjkjokmjmnlmmmnnmoommpmppnhmklemkminnlmkllmlilknmnnononqj",
	"elimlnomhhilhkhknlmlnomomnklnmnqnejjfchkldmldkkdjmkfgfkkmgnnnlqh",
	"gnkopnpnkjlokmiinlmnoolponkopomqodikhdlmmfmljgkeenlhihmnnklnolqj",
	"cnhoonpjgihnijhknkmnnomoonilomlpnekdddgdlemihjheinkdbghmnjmmllqi",
	"enjnoopnjkkokliknmnnopnpophonoppogheeiehlgmgfecfeocfeefglmnlnmpi",
	"gmknooonjiknjlhlklklnnoonpjkonmondkiidkligojfjlegnegegkllinkmnqi",
	"imkmonnnllmnlomnnnmooonpnonopnqpokmmmmnnmlomkmonnmmmngononopooqm",
	"cnioopplgginhkgkkhkklmmnlmjlomnomdkggbhfkdnihgedjldeefhkmgnklkqh",
	"cnhnooolhhhmgjfhmklknnmpopglnknonfifibkjfemhhhjffkiebflimflhlkpg",
	"bnhmlookfghmgifklilhmngojohknklnldjgibhkccnlhhjdfmcefekjiemilkpf",
	"jonnnmoommnomololnnnoonpopopqnppphfhjehjmennegdkgmdeemmmhnmooppm",
	"ioknpppomjmpkohmjjklmokonomopoopnekjjekmlhonkjmiikljklkjknnmnnqh",
	"holopppoklmolmknnmnoomopoonppppqogmllhmmhgomlljhlnhilmllmnnooopl",
	"gmknooonkijnikjmdefggiiifhlnpnppnghgiggnlhnnlklkgnlkgmlmllnlomoj",
	"enjonopmjijojljmnklmooooonknpnnomklkmkmklknnjhijeokfgnnlmmmmolqi",
	"komoppqpomopnpmommmnpooooopqqqqqokomngnnmkoomkkmnommnmommmlpppqm",
	"inhomoplnpdppnmlhikmmnmomolqoppomjmjllknmimmllkllpkjkniomookngom",
	"hnjolpqonojpppkoklpopppqoqqqpnppnmnnoonpooqpooiooplllkoodqqoiopj",
	"goknoqpnkhdneokopqqqqqqqpqmkooppmmjnooopolqppppnnqnknmpppoqjnipl",
	"loopppqooppqqqpppoppqqqqpqqqqppqonqoppqpnoqqopqppqpopoqppqqpopnl",
	"immmnnpommooionliiklmmmlmooooopnngjgihhiigmkihiigmhgghiklnknonne",
}
